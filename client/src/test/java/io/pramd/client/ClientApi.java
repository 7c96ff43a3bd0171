package io.pramd.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Immutable: the types that a program which uses the library can name. These are the public ones of
 * the library, without its command, and those of the protocol that they lead to.
 */
final class ClientApi {
    private static final String LIBRARY = "io.pramd.client";
    private static final String COMMAND = "io.pramd.client.cli";
    private static final String PROTOCOL = "io.pramd.protocol";

    private ClientApi() {}

    /** A line for each type and, indented, for each of its members. */
    static List<String> printed() {
        return types().stream().flatMap(ClientApi::printed).toList();
    }

    private static Stream<String> printed(Class<?> type) {
        List<String> lines = new ApiListing(type).lines();
        return Stream.concat(
                Stream.of("", lines.get(0)), lines.stream().skip(1).map(line -> "    " + line));
    }

    private static Set<Class<?>> types() {
        Set<Class<?>> found = new TreeSet<>(Comparator.comparing(Class::getName));
        Deque<Class<?>> left = new ArrayDeque<>(library());
        while (!left.isEmpty()) {
            Class<?> type = left.remove();
            if (found.add(type)) {
                Stream<Type> inner = Arrays.stream(type.getClasses());
                Stream.concat(new ApiListing(type).named(), inner)
                        .flatMap(ClientApi::classes)
                        .filter(each -> each.getPackageName().equals(PROTOCOL))
                        .forEach(left::add);
            }
        }
        return found;
    }

    private static List<Class<?>> library() {
        try {
            Path root =
                    Path.of(
                            PramClient.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            try (Stream<Path> files = Files.walk(root.resolve(LIBRARY.replace('.', '/')))) {
                return files.map(root::relativize)
                        .map(Path::toString)
                        .filter(name -> name.endsWith(".class"))
                        .map(name -> name.replaceFirst("\\.class$", "").replace('/', '.'))
                        .<Class<?>>map(ClientApi::load)
                        .filter(type -> !type.getPackageName().equals(COMMAND))
                        .filter(ClientApi::isPublic)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, ClientApi.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> around = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers())
                && !type.isAnonymousClass()
                && !type.isLocalClass()
                && (around == null || isPublic(around));
    }

    private static Stream<Class<?>> classes(Type type) {
        if (type instanceof Class<?> plain) {
            return Stream.of(plain.isArray() ? plain.getComponentType() : plain);
        }
        if (type instanceof ParameterizedType generic) {
            return Stream.concat(
                            Stream.of(generic.getRawType()),
                            Arrays.stream(generic.getActualTypeArguments()))
                    .flatMap(ClientApi::classes);
        }
        if (type instanceof GenericArrayType array) {
            return classes(array.getGenericComponentType());
        }
        if (type instanceof WildcardType wildcard) {
            return Stream.concat(
                            Arrays.stream(wildcard.getUpperBounds()),
                            Arrays.stream(wildcard.getLowerBounds()))
                    .flatMap(ClientApi::classes);
        }
        if (type instanceof TypeVariable<?> variable) {
            return Arrays.stream(variable.getBounds())
                    .filter(bound -> bound instanceof Class<?>) // a bound may name its variable
                    .flatMap(ClientApi::classes);
        }
        return Stream.empty(); // the parent of an interface
    }
}
