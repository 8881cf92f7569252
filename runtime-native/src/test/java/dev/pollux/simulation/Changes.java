package dev.pollux.simulation;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** Ways to spoil a method. */
final class Changes {

    private static final ClassDesc TIMER = ClassDesc.of("dev.pollux.internal.timer.Timer");
    private static final ClassDesc TIMERS = ClassDesc.of("dev.pollux.internal.timer.Timers");
    private static final ClassDesc TIMER_HANDLE = ClassDesc.of("dev.pollux.loop.TimerHandle");
    private static final ClassDesc LOOP_END = ClassDesc.of("dev.pollux.internal.loop.LoopEnd");
    private static final ClassDesc LATCH = ClassDesc.of("java.util.concurrent.CountDownLatch");
    private static final ClassDesc COUNTER = ClassDesc.of("java.util.concurrent.atomic.AtomicInteger");
    private static final ClassDesc RUNNABLE = ClassDesc.of("java.lang.Runnable");
    private static final MethodTypeDesc TO_INT = MethodTypeDesc.of(ConstantDescs.CD_int);
    private static final MethodTypeDesc TO_NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);

    private Changes() {}

    /** Does {@code body} and nothing of what was there. */
    private static CodeTransform instead(Consumer<CodeBuilder> body) {
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                body.accept(code);
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {}
        };
    }

    /** Replaces what {@code change} replaces. */
    private static CodeTransform where(BiPredicate<CodeBuilder, CodeElement> change) {
        return (code, element) -> {
            if (!change.test(code, element)) {
                code.with(element);
            }
        };
    }

    private static boolean calls(CodeElement element, String name) {
        return element instanceof InvokeInstruction call && call.name().equalsString(name);
    }

    static CodeTransform doesNothing() {
        return instead(CodeBuilder::return_);
    }

    static CodeTransform returnsFalse() {
        return instead(code -> code.iconst_0().ireturn());
    }

    /** Takes every call of {@code name} for a yes. */
    static CodeTransform hearsYes(String name) {
        return where((code, element) -> {
            boolean here = calls(element, name);
            if (here) {
                code.with(element).pop().iconst_1();
            }
            return here;
        });
    }

    /** Leaves calls out that have no argument, and take nothing to the stack or a number. */
    static CodeTransform leavesOut(Set<String> names) {
        return where((code, element) -> {
            if (!(element instanceof InvokeInstruction call)
                    || !names.contains(call.name().stringValue())) {
                return false;
            }
            code.pop();
            if (call.typeSymbol().equals(TO_INT)) {
                code.iconst_0();
            }
            return true;
        });
    }

    /** Reads the task of a timer, and takes it in a second step. */
    static CodeTransform takesInTwoSteps() {
        return instead(code -> code.aload(0)
                .getfield(TIMER, "task", RUNNABLE)
                .aload(0)
                .aconst_null()
                .putfield(TIMER, "task", RUNNABLE)
                .areturn());
    }

    /** Looks at a counter, and counts in a second step. */
    static CodeTransform countsInTwoSteps() {
        return where((code, element) -> {
            boolean here = calls(element, "incrementAndGet");
            if (here) {
                code.dup()
                        .invokevirtual(COUNTER, "get", TO_INT)
                        .iconst_1()
                        .iadd()
                        .swap()
                        .with(element)
                        .pop();
            }
            return here;
        });
    }

    /** Takes nothing for one of type {@code name}. */
    static CodeTransform isNever(String name) {
        return where((code, element) -> {
            boolean here = element instanceof TypeCheckInstruction check
                    && check.type().asInternalName().endsWith("/" + name);
            if (here) {
                code.pop().iconst_0();
            }
            return here;
        });
    }

    /** Takes the parameter in {@code slot} for true. */
    static CodeTransform takesForTrue(int slot) {
        return where((code, element) -> {
            boolean here = element instanceof LoadInstruction load && load.slot() == slot;
            if (here) {
                code.iconst_1();
            }
            return here;
        });
    }

    /** Makes a timer of the library's own one of the user's. */
    static CodeTransform schedulesAsTheUser() {
        return instead(code -> code.aload(0)
                .lload(1)
                .aload(3)
                .invokevirtual(TIMERS, "once", MethodTypeDesc.of(TIMER_HANDLE, ConstantDescs.CD_long, RUNNABLE))
                .pop()
                .return_());
    }

    /** Opens the latch of the end after everything else. */
    static CodeTransform opensTheLatchLast() {
        return where((code, element) -> {
            if (calls(element, "countDown")) {
                code.pop();
                return true;
            }
            if (element instanceof ReturnInstruction) {
                code.aload(0).getfield(LOOP_END, "latch", LATCH).invokevirtual(LATCH, "countDown", TO_NOTHING);
            }
            return false;
        });
    }
}
