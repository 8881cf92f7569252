package dev.pollux.simulation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Which fields of the classes under test are volatile, their inherited ones included. */
final class VolatileFields {

    private final Function<String, byte[]> classFiles;
    private final Map<String, Set<String>> known = new HashMap<>();

    /**
     * Looks into class files.
     *
     * @param classFiles of an internal name; null for a class that is not under test
     */
    VolatileFields(Function<String, byte[]> classFiles) {
        this.classFiles = classFiles;
    }

    boolean contains(String owner, String field) {
        return of(owner).contains(field);
    }

    private Set<String> of(String owner) {
        Set<String> fields = known.get(owner);
        if (fields == null) {
            fields = new HashSet<>();
            byte[] bytes = classFiles.apply(owner);
            if (bytes != null) {
                ClassModel model = ClassFile.of().parse(bytes);
                for (FieldModel field : model.fields()) {
                    if (field.flags().has(AccessFlag.VOLATILE)) {
                        fields.add(field.fieldName().stringValue());
                    }
                }
                if (model.superclass().isPresent()) {
                    fields.addAll(of(model.superclass().get().asInternalName()));
                }
            }
            known.put(owner, fields);
        }
        return fields;
    }
}
