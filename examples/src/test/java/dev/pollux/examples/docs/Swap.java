package dev.pollux.examples.docs;

import com.sun.tools.attach.VirtualMachine;
import javax.management.ObjectName;
import javax.management.remote.*;

/** The program of docs/bridge.md. */
@SuppressWarnings("BanJNDI") // It speaks to a JVM of the same user, which it has attached to.
public class Swap {
    public static void main(String[] args) throws Exception {
        VirtualMachine jvm = VirtualMachine.attach(args[0]);
        try (JMXConnector jmx = JMXConnectorFactory.connect(new JMXServiceURL(jvm.startLocalManagementAgent()))) {
            System.out.println(jmx.getMBeanServerConnection()
                            .invoke(
                                    new ObjectName("dev.pollux:type=Selectors"),
                                    "swapAll",
                                    new Object[] {args[1]},
                                    new String[] {"java.lang.String"})
                    + " moved");
        } finally {
            jvm.detach();
        }
    }
}
