package dev.pollux.mutants;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ExceptionCatch;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ThrowInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/** Ways to spoil a method of operations. */
final class CodeChanges {

    private static final ClassDesc ABSTRACT_OPERATION = ClassDesc.of("dev.pollux.operation.AbstractOperation");
    private static final ClassDesc OPERATIONS = ClassDesc.of("dev.pollux.operation.Operations");

    private CodeChanges() {}

    private static boolean calls(CodeElement element, String name) {
        return element instanceof InvokeInstruction call && call.name().equalsString(name);
    }

    private static CodeBuilder constant(CodeBuilder code, boolean value) {
        return value ? code.iconst_1() : code.iconst_0();
    }

    static CodeTransform doesNothing() {
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder code) {
                code.return_();
            }

            @Override
            public void accept(CodeBuilder code, CodeElement element) {}
        };
    }

    /** Takes every answer of {@code name} for {@code answer}. */
    static CodeTransform hears(String name, boolean answer) {
        return (code, element) -> {
            code.with(element);
            if (calls(element, name)) {
                constant(code.pop(), answer);
            }
        };
    }

    /** Finds {@code value} in the field {@code name} wherever it is read. */
    static CodeTransform finds(String name, boolean value) {
        return (code, element) -> {
            code.with(element);
            if (element instanceof FieldInstruction field
                    && field.opcode() == Opcode.GETFIELD
                    && field.name().equalsString(name)) {
                constant(code.pop(), value);
            }
        };
    }

    /** Takes the number {@code from} for {@code to}. */
    static CodeTransform counts(int from, int to) {
        return (code, element) -> {
            if (element instanceof ConstantInstruction number
                    && number.constantValue().equals(from)) {
                code.loadConstant(to);
            } else {
                code.with(element);
            }
        };
    }

    /** Leaves out the calls of {@code name}, which return nothing. */
    static CodeTransform leavesOut(String name) {
        return (code, element) -> {
            if (!calls(element, name)) {
                code.with(element);
                return;
            }
            List<ClassDesc> parameters =
                    ((InvokeInstruction) element).typeSymbol().parameterList();
            for (ClassDesc parameter : parameters.reversed()) {
                if (TypeKind.from(parameter).slotSize() == 2) {
                    code.pop2();
                } else {
                    code.pop();
                }
            }
            code.pop();
        };
    }

    /** Has no catch and no finally, but for what runs when nothing is thrown. */
    static CodeTransform catchesNothing() {
        return (code, element) -> {
            if (!(element instanceof ExceptionCatch)) {
                code.with(element);
            }
        };
    }

    /** Closes the operations after each call of {@code name}. */
    static CodeTransform closesAfter(String name) {
        return (code, element) -> {
            code.with(element);
            if (calls(element, name)) {
                code.aload(0)
                        .getfield(ABSTRACT_OPERATION, "operations", OPERATIONS)
                        .invokevirtual(OPERATIONS, "close", MethodTypeDesc.of(ConstantDescs.CD_void));
            }
        };
    }

    static CodeTransform returnsInsteadOfThrowing() {
        return (code, element) -> {
            if (element instanceof ThrowInstruction) {
                code.pop().return_();
            } else {
                code.with(element);
            }
        };
    }
}
