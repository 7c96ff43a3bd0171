package io.pramd.client;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Immutable: what a program can name of one type, a line each. All is public where nothing else is
 * said; what every object has, what a record has by its components, and what no subclass outside
 * can reach is left out.
 */
final class ApiListing {
    private static final Set<String> OF_EVERY_OBJECT =
            Arrays.stream(Object.class.getDeclaredMethods())
                    .map(ApiListing::nameAndParameters)
                    .collect(Collectors.toUnmodifiableSet());

    private static final int SHOWN =
            Modifier.PROTECTED | Modifier.STATIC | Modifier.ABSTRACT | Modifier.FINAL;

    private final Class<?> type;

    ApiListing(Class<?> type) {
        this.type = type;
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(header());
        components().map(each -> "component " + typed(each)).forEach(lines::add);
        fields().filter(Field::isEnumConstant).map(Field::getName).forEach(lines::add);
        fields().filter(each -> !each.isEnumConstant())
                .map(this::line)
                .sorted()
                .forEach(lines::add);
        Stream.concat(constructors(), methods())
                .sorted(Comparator.comparing(ApiListing::nameAndParameters))
                .map(this::line)
                .forEach(lines::add);
        return lines;
    }

    /** All types that the lines name, but for what a sealed one permits. */
    Stream<Type> named() {
        Stream<Executable> executables = Stream.concat(constructors(), methods());
        return Stream.of(
                        Stream.of(type.getGenericSuperclass()),
                        Arrays.stream(type.getGenericInterfaces()),
                        components().map(RecordComponent::getGenericType),
                        fields().map(Field::getGenericType),
                        methods().map(Method::getGenericReturnType),
                        executables.flatMap(ApiListing::taken))
                .flatMap(types -> types);
    }

    private static Stream<Type> taken(Executable executable) {
        return Stream.concat(
                Arrays.stream(executable.getGenericParameterTypes()),
                Arrays.stream(executable.getGenericExceptionTypes()));
    }

    private String header() {
        List<String> words = new ArrayList<>();
        boolean always = type.isInterface() || type.isRecord() || type.isEnum();
        words.add(deprecated(type.isAnnotationPresent(Deprecated.class)));
        words.add(modifiers(type.getModifiers(), always));
        words.add(type.isSealed() ? "sealed" : "");
        words.add(kind());
        words.add(type.getName() + variables(type.getTypeParameters()));
        Type parent = type.getGenericSuperclass();
        if (kind().equals("class") && parent != Object.class) {
            words.add("extends " + name(parent));
        }
        String implementing = type.isInterface() ? "extends " : "implements ";
        words.add(listed(implementing, Arrays.stream(type.getGenericInterfaces())));
        if (type.isSealed()) {
            words.add(listed("permits ", Arrays.stream(type.getPermittedSubclasses())));
        }
        return joined(words);
    }

    private String kind() {
        if (type.isAnnotation()) {
            return "annotation";
        }
        if (type.isInterface()) {
            return "interface";
        }
        return type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
    }

    private String line(Field field) {
        return joined(
                List.of(
                        deprecated(field.isAnnotationPresent(Deprecated.class)),
                        modifiers(field.getModifiers(), false),
                        name(field.getGenericType()),
                        field.getName(),
                        constant(field)));
    }

    /** Its value, where the programs that use it have it compiled into them. */
    private static String constant(Field field) {
        boolean compiledIn = field.getType().isPrimitive() || field.getType() == String.class;
        if (!compiledIn || !Modifier.isStatic(field.getModifiers())) {
            return "";
        }
        try {
            return "= " + field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private String line(Executable executable) {
        List<String> words = new ArrayList<>();
        words.add(deprecated(executable.isAnnotationPresent(Deprecated.class)));
        words.add(modifiers(executable.getModifiers() & ~understood(), false));
        if (executable instanceof Method method) {
            words.add(method.isDefault() ? "default" : "");
            words.add(variables(method.getTypeParameters()).strip());
            words.add(name(method.getGenericReturnType()));
        }
        words.add(nameAndParameters(executable));
        words.add(listed("throws ", Arrays.stream(executable.getGenericExceptionTypes())));
        return joined(words);
    }

    private static String parameters(Executable executable) {
        List<String> names = new ArrayList<>();
        for (Parameter each : executable.getParameters()) {
            String name = name(each.getParameterizedType());
            names.add(each.isVarArgs() ? name.replaceFirst("\\[]$", "...") : name);
        }
        return "(" + String.join(", ", names) + ")";
    }

    private static String typed(RecordComponent component) {
        return name(component.getGenericType()) + " " + component.getName();
    }

    private Stream<RecordComponent> components() {
        return type.isRecord() ? Arrays.stream(type.getRecordComponents()) : Stream.empty();
    }

    private Stream<Field> fields() {
        return Arrays.stream(type.getDeclaredFields())
                .filter(field -> !field.isSynthetic() && isReachable(field.getModifiers()));
    }

    private Stream<Constructor<?>> constructors() {
        return Arrays.stream(type.getDeclaredConstructors())
                .filter(each -> !each.isSynthetic() && isReachable(each.getModifiers()))
                .filter(Predicate.not(this::isCanonical));
    }

    private Stream<Method> methods() {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(each -> !each.isSynthetic() && isReachable(each.getModifiers()))
                .filter(each -> !OF_EVERY_OBJECT.contains(nameAndParameters(each)))
                .filter(each -> !isAccessor(each) && !isOfEveryEnum(each));
    }

    private boolean isReachable(int modifiers) {
        boolean inherited =
                Modifier.isProtected(modifiers)
                        && !Modifier.isFinal(type.getModifiers())
                        && !type.isSealed();
        return Modifier.isPublic(modifiers) || inherited;
    }

    private boolean isCanonical(Constructor<?> constructor) {
        return type.isRecord()
                && Arrays.equals(
                        constructor.getParameterTypes(),
                        components().map(RecordComponent::getType).toArray());
    }

    private boolean isAccessor(Method method) {
        return components().anyMatch(each -> each.getAccessor().equals(method));
    }

    private boolean isOfEveryEnum(Method method) {
        return type.isEnum()
                && Set.of("values()", "valueOf(String)").contains(nameAndParameters(method));
    }

    private static String nameAndParameters(Executable executable) {
        String name = executable instanceof Constructor<?> ? "new" : executable.getName();
        return name + parameters(executable);
    }

    /** What goes without saying in a method of this type. */
    private int understood() {
        int inInterface = type.isInterface() ? Modifier.ABSTRACT : 0;
        return inInterface | type.getModifiers() & Modifier.FINAL;
    }

    private static String modifiers(int modifiers, boolean understood) {
        return understood ? "" : Modifier.toString(modifiers & SHOWN);
    }

    private static String deprecated(boolean is) {
        return is ? "@Deprecated" : "";
    }

    private static String variables(TypeVariable<?>[] variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables)
                        .map(each -> each.getName() + bounds(each))
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private static String bounds(TypeVariable<?> variable) {
        List<Type> bounds = List.of(variable.getBounds());
        return bounds.equals(List.of(Object.class))
                ? ""
                : bounds.stream()
                        .map(ApiListing::name)
                        .collect(Collectors.joining(" & ", " extends ", ""));
    }

    private static String listed(String before, Stream<? extends Type> types) {
        String names = types.map(ApiListing::name).sorted().collect(Collectors.joining(", "));
        return names.isEmpty() ? "" : before + names;
    }

    private static String name(Type type) {
        return type.getTypeName().replaceAll("java\\.lang\\.(?=[A-Z])", "");
    }

    private static String joined(List<String> words) {
        return words.stream().filter(word -> !word.isEmpty()).collect(Collectors.joining(" "));
    }
}
