import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.constantpool.ConstantPoolBuilder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar whose classes are of a format too old for an ahead-of-time cache, which a JVM then
 * reads and verifies slowly at every start: the copy's have the format of Java 8, with the stack
 * maps that it demands. Code and all else stay as they are, and a note in the jar says what was done.
 *
 * <p>Run by the build: {@code java NewerClasses.java FROM.jar TO.jar}.
 */
public final class NewerClasses {
    private static final String NOTE = "META-INF/CHANGES-BY-PRAMD";
    private static final String NOTE_TEXT =
            """
            The classes in this copy of the library were given class file format 52 (Java 8) and the stack maps
            that belong to it when pramd was built, so that a JVM takes them from its ahead-of-time cache.
            Nothing else was changed.
            """;

    private final ClassFile format;

    private NewerClasses(ClassHierarchyResolver hierarchy) {
        format =
                ClassFile.of(
                        ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                        ClassFile.ClassHierarchyResolverOption.of(hierarchy));
    }

    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        Path to = Path.of(args[1]);
        Files.createDirectories(to.toAbsolutePath().getParent());
        try (JarFile jar = new JarFile(from.toFile());
                URLClassLoader classes =
                        new URLClassLoader(new URL[] {from.toUri().toURL()}, null);
                OutputStream file = Files.newOutputStream(to);
                ZipOutputStream copy = new ZipOutputStream(file)) {
            ClassHierarchyResolver hierarchy =
                    ClassHierarchyResolver.defaultResolver()
                            .orElse(ClassHierarchyResolver.ofResourceParsing(classes))
                            .cached();
            new NewerClasses(hierarchy).copy(jar, copy);
        }
    }

    private void copy(JarFile jar, ZipOutputStream copy) throws IOException {
        long time = 0;
        for (JarEntry entry : Collections.list(jar.entries())) {
            time = Math.max(time, entry.getTime());
            byte[] bytes = jar.getInputStream(entry).readAllBytes();
            put(copy, entry.getName(), entry.getTime(), isClass(entry) ? newer(bytes) : bytes);
        }
        put(copy, NOTE, time, NOTE_TEXT.getBytes(StandardCharsets.UTF_8));
    }

    /** Times are those of the original: the same library makes the same copy. */
    private static void put(ZipOutputStream copy, String name, long time, byte[] bytes)
            throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(time);
        copy.putNextEntry(entry);
        copy.write(bytes);
        copy.closeEntry();
    }

    private static boolean isClass(JarEntry entry) {
        return entry.getName().endsWith(".class") && !entry.getName().endsWith("-info.class");
    }

    private byte[] newer(byte[] bytes) {
        ClassModel old = format.parse(bytes);
        if (old.majorVersion() >= ClassFile.JAVA_8_VERSION) {
            return bytes;
        }
        return format.build(
                old.thisClass(),
                ConstantPoolBuilder.of(old),
                copy -> {
                    copy.withVersion(ClassFile.JAVA_8_VERSION, 0);
                    for (ClassElement element : old) {
                        if (element instanceof MethodModel method) {
                            // instruction by instruction: code that is taken whole gets no stack maps
                            copy.transformMethod(
                                    method, MethodTransform.transformingCode(CodeBuilder::with));
                        } else if (!(element instanceof ClassFileVersion)) {
                            copy.with(element);
                        }
                    }
                });
    }
}
