package dev.pollux.simulation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.Map;
import java.util.Set;

/**
 * Puts a point in front of whatever threads share: volatile fields, atomics, queues and other classes of
 * java.util.concurrent, monitors and locks, futures, interrupts. Puts the simulation in place of monitors, locks, the
 * clock and waits with a limit.
 */
final class Instrumentation {

    private static final ClassDesc POINTS = ClassDesc.of("dev.pollux.simulation.Points");
    private static final ClassDesc LOCK = ClassDesc.of("dev.pollux.simulation.SimulatedLock");
    private static final String JDK_LOCK = "java/util/concurrent/locks/ReentrantLock";
    private static final MethodTypeDesc AT = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final MethodTypeDesc ON_OBJECT =
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_Object, ConstantDescs.CD_int);

    /** What has methods that threads meet at. */
    private static final Set<String> SHARED =
            Set.of("java/lang/invoke/VarHandle", "java/util/Queue", "java/util/concurrent/Executor");

    private static final Set<String> THREAD_METHODS =
            Set.of("interrupt", "interrupted", "isInterrupted", "start", "join", "isAlive", "unpark", "park");

    /** Methods of {@link Points} that take the receiver as their first argument. */
    private static final Map<String, String> REPLACED = Map.of(
            "java/util/concurrent/CountDownLatch.await(JLjava/util/concurrent/TimeUnit;)Z",
            "(Ljava/util/concurrent/CountDownLatch;JLjava/util/concurrent/TimeUnit;)Z",
            "java/util/concurrent/CompletableFuture.completeOnTimeout(Ljava/lang/Object;JLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/CompletableFuture;",
            "(Ljava/util/concurrent/CompletableFuture;Ljava/lang/Object;JLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/CompletableFuture;",
            "java/util/concurrent/CompletableFuture.orTimeout(JLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/CompletableFuture;",
            "(Ljava/util/concurrent/CompletableFuture;JLjava/util/concurrent/TimeUnit;)Ljava/util/concurrent/CompletableFuture;",
            "java/util/concurrent/CompletableFuture.get(JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;",
            "(Ljava/util/concurrent/Future;JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;",
            "java/util/concurrent/Future.get(JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;",
            "(Ljava/util/concurrent/Future;JLjava/util/concurrent/TimeUnit;)Ljava/lang/Object;",
            "java/lang/System.nanoTime()J",
            "()J",
            "java/lang/Thread.sleep(J)V",
            "(J)V");

    private final VolatileFields volatiles;
    private final Mutation mutation;
    private boolean mutated;

    Instrumentation(VolatileFields volatiles, Mutation mutation) {
        this.volatiles = volatiles;
        this.mutation = mutation;
    }

    /** Returns whether the method to be mutated was met. */
    boolean isMutated() {
        return mutated;
    }

    byte[] instrument(byte[] original) {
        ClassFile file = ClassFile.of();
        ClassModel model = file.parse(original);
        String type = model.thisClass().asInternalName().replace('/', '.');
        ClassTransform transform = (builder, element) -> {
            if (element instanceof MethodModel method && method.code().isPresent()) {
                String where = type + "." + method.methodName().stringValue();
                boolean whole = method.flags().has(AccessFlag.SYNCHRONIZED) || mutation.locks(where);
                int flags = method.flags().flagsMask() & ~ClassFile.ACC_SYNCHRONIZED;
                ClassDesc self = model.thisClass().asSymbol();
                boolean isStatic = method.flags().has(AccessFlag.STATIC);
                CodeTransform fault = mutation.of(where);
                mutated |= fault != null || mutation.locks(where);
                CodeTransform code = CodeTransform.ofStateful(() -> new Points0(where, whole, isStatic, self));
                builder.withMethod(
                        method.methodName(),
                        method.methodType(),
                        flags,
                        mb -> method.forEach(part -> {
                            if (part instanceof java.lang.classfile.CodeModel body) {
                                mb.transformCode(body, fault == null ? code : fault.andThen(code));
                            } else if (!(part instanceof java.lang.classfile.AccessFlags)) {
                                mb.with(part);
                            }
                        }));
            } else {
                builder.with(element);
            }
        };
        return file.transformClass(model, transform);
    }

    /** The points of one method. */
    private final class Points0 implements CodeTransform {

        private final String where;
        private final boolean whole;
        private final boolean isStatic;
        private final ClassDesc self;
        private int line;
        private Label start;

        Points0(String where, boolean whole, boolean isStatic, ClassDesc self) {
            this.where = where;
            this.whole = whole;
            this.isStatic = isStatic;
            this.self = self;
        }

        @Override
        public void atStart(CodeBuilder code) {
            if (whole) {
                onMonitor(code, "enter");
                start = code.newBoundLabel();
            }
        }

        @Override
        public void atEnd(CodeBuilder code) {
            if (whole) {
                Label end = code.newBoundLabel();
                onMonitor(code, "exit");
                code.athrow();
                code.exceptionCatchAll(start, end, end);
            }
        }

        private void onMonitor(CodeBuilder code, String method) {
            if (isStatic) {
                code.loadConstant(self);
            } else {
                code.aload(0);
            }
            code.loadConstant(site("monitor")).invokestatic(POINTS, method, ON_OBJECT);
        }

        private int site(String what) {
            return Sites.add(where + ":" + line + " " + what);
        }

        @Override
        public void accept(CodeBuilder code, CodeElement element) {
            if (element instanceof LineNumber number) {
                line = number.line();
            }
            if (element instanceof FieldInstruction field
                    && volatiles.contains(
                            field.owner().asInternalName(), field.name().stringValue())) {
                point(code, field.name().stringValue());
                code.with(element);
            } else if (element instanceof MonitorInstruction monitor) {
                String method = monitor.opcode() == Opcode.MONITORENTER ? "enter" : "exit";
                code.loadConstant(site("monitor")).invokestatic(POINTS, method, ON_OBJECT);
            } else if (element instanceof NewObjectInstruction made
                    && made.className().asInternalName().equals(JDK_LOCK)) {
                code.new_(LOCK);
            } else if (element instanceof InvokeInstruction call) {
                call(code, call);
            } else {
                if (whole && element instanceof ReturnInstruction) {
                    onMonitor(code, "exit");
                }
                code.with(element);
            }
        }

        private void call(CodeBuilder code, InvokeInstruction call) {
            String owner = call.owner().asInternalName();
            String name = call.name().stringValue();
            String replaced = REPLACED.get(owner + "." + name + call.type().stringValue());
            if (owner.equals(JDK_LOCK) && name.equals("<init>")) {
                code.invokespecial(LOCK, name, call.typeSymbol());
            } else if (owner.equals("java/lang/Thread") && (name.equals("yield") || name.equals("onSpinWait"))) {
                code.loadConstant(site(name)).invokestatic(POINTS, "spin", AT);
            } else if (replaced != null && call.opcode() != Opcode.INVOKESPECIAL) {
                point(code, name);
                code.invokestatic(POINTS, name, MethodTypeDesc.ofDescriptor(replaced));
            } else {
                if (isShared(owner, name)) {
                    point(code, name);
                }
                code.with(call);
            }
        }

        private void point(CodeBuilder code, String what) {
            code.loadConstant(site(what)).invokestatic(POINTS, "at", AT);
        }
    }

    private static boolean isShared(String owner, String name) {
        if (name.equals("<init>")) {
            return false;
        }
        if (owner.equals("java/lang/Thread")) {
            return THREAD_METHODS.contains(name);
        }
        return SHARED.contains(owner)
                || owner.startsWith("org/jctools/")
                || (owner.startsWith("java/util/concurrent/") && !owner.endsWith("/TimeUnit"));
    }
}
