import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers `greet` with `greeted`: a whole service on the standard library. JDK 17 or newer: `java Greeter.java`. */
public class Greeter {
    /** What gives JSON its structure: strings, brackets, colons, commas. */
    private static final Pattern TOKEN = Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"|[{}\\[\\]:,]");

    public static void main(String[] args) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // or the kernel holds each answer back for 40 ms
        int port = Integer.parseInt(System.getenv("EXORELAY_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", Greeter::serve);
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1))); // SIGTERM: a second to finish
        System.out.println("greeter online");
    }

    private static void serve(HttpExchange exchange) throws IOException {
        String message = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        boolean isGreet = exchange.getRequestURI().getRawPath().equals("/run/greet");
        String name = isGreet ? member(member(message, "payload"), "name") : "";
        boolean isText = name.startsWith("\"");
        // What stands between the quotes of one JSON string may stand in another: no need to decode it.
        String answer = isText
            ? "{\"reply\":{\"name\":\"greeted\",\"payload\":{\"text\":\"Hello, %s!\",\"language\":\"java\"}}}"
                .formatted(name.substring(1, name.length() - 1))
            : "{\"error\":\"%s\"}".formatted(isGreet ? "the payload needs a name" : "unknown message");
        byte[] body = answer.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(isText ? 200 : isGreet ? 400 : 404, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** The text of an object's member as it stands in the JSON, which is well-formed: the sidecar sees to that. */
    private static String member(String json, String key) {
        Matcher token = TOKEN.matcher(json);
        String last = "";
        for (int depth = 0, start = -1; token.find(); last = token.group()) {
            char kind = token.group().charAt(0);
            if (kind == '{' || kind == '[') depth++;
            if (kind == '}' || kind == ']') depth--;
            boolean isEnd = depth == 0 || depth == 1 && kind == ',';
            if (start >= 0 && isEnd) return json.substring(start, token.start()).strip();
            if (kind == ':' && depth == 1 && last.equals('"' + key + '"')) start = token.end();
        }
        return "";
    }
}
