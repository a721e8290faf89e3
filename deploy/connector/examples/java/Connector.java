import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * An agency's system in small: takes hand-overs in, acknowledges, accepts, works, completes.
 *
 * Written from docs/contracts/agencies.md alone. The environment says where and who:
 * LIENTHONG_BROKER (amqp(s)://account:password@host:port/%2Flienthong), LIENTHONG_AGENCY (such as H47.12),
 * LIENTHONG_STORE (file of what was taken in). For amqps, Java's own trust store is used.
 */
public final class Connector {
    private static final String HAND_OVER = "lienthong.agency.leg-hand-over";
    private static final String REQUEST = "lienthong.agency.written-request";
    private static final String RESTORED = "lienthong.agency.history-restored";
    private static final Set<String> KNOWN = Set.of(
            HAND_OVER + " urn:lienthong:agency:leg-hand-over:1",
            REQUEST + " urn:lienthong:agency:written-request:1",
            "lienthong.agency.leg-notice urn:lienthong:agency:leg-notice:1",
            "lienthong.agency.request-notice urn:lienthong:agency:request-notice:1",
            "lienthong.agency.command-refused urn:lienthong:agency:command-refused:1",
            "lienthong.agency.command-carried-out urn:lienthong:agency:command-carried-out:1",
            RESTORED + " urn:lienthong:agency:history-restored:1");

    private final String agency;
    private final Journal journal;
    private volatile String returned;

    private Connector(String agency, Journal journal) {
        this.agency = agency;
        this.journal = journal;
    }

    public static void main(String[] arguments) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(System.getenv("LIENTHONG_BROKER"));
        if (factory.isSSL()) factory.useSslProtocol(javax.net.ssl.SSLContext.getDefault());
        factory.setAutomaticRecoveryEnabled(false); // we begin anew ourselves: unconfirmed commands go first
        factory.setConnectionTimeout(10_000);
        String store = System.getenv().getOrDefault("LIENTHONG_STORE", "connector.ndjson");
        Connector connector = new Connector(System.getenv("LIENTHONG_AGENCY"), new Journal(store));
        for (long pause = 500; ; pause = Math.min(pause * 2, 30_000)) {
            long began = System.currentTimeMillis();
            try {
                connector.work(factory);
            } catch (Exception error) {
                System.err.println(error);
            }
            if (System.currentTimeMillis() - began > 30_000) pause = 500;
            Thread.sleep(pause);
        }
    }

    /** Works on one connection until it ends. */
    private void work(ConnectionFactory factory) throws Exception {
        try (Connection connection = factory.newConnection()) {
            CountDownLatch ended = new CountDownLatch(1);
            connection.addShutdownListener(cause -> ended.countDown());
            // Two channels: waiting for a confirm must not stand in the way of reading.
            Channel out = connection.createChannel();
            out.confirmSelect();
            out.addReturnListener((code, text, exchange, key, properties, body) -> returned = key + ": " + text);
            for (JsonObject command : journal.unconfirmed()) send(out, command);
            Channel in = connection.createChannel();
            in.basicQos(50);
            in.basicConsume("agency." + agency, false, new DefaultConsumer(in) {
                @Override
                public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties given, byte[] body) {
                    try {
                        JsonObject message = take(new String(body, StandardCharsets.UTF_8));
                        in.basicAck(envelope.getDeliveryTag(), false); // only now: it is on the disk
                        // Also for a hand-over that came again: then our answer may not have arrived.
                        for (JsonObject command : journal.answersTo(text(message, "id"))) send(out, command);
                        // The other side forgot what we said since a backup: say it again, as it was.
                        if (isRestored(message)) for (JsonObject command : journal.unconfirmed()) send(out, command);
                    } catch (Exception error) {
                        System.err.println(error);
                        ended.countDown(); // what is unconfirmed is sent again on the next connection
                    }
                }

                @Override
                public void handleCancel(String tag) {
                    ended.countDown();
                }
            });
            System.err.println("connected as agency." + agency);
            ended.await();
        }
    }

    /** Stores a message; what asks for an answer (a hand-over, a request) together with our answers. */
    private JsonObject take(String body) throws IOException {
        JsonObject message = parse(body);
        boolean known = KNOWN.contains(text(message, "type") + " " + text(message, "dataschema"));
        if (known && isRestored(message)) journal.restore(message);
        else if (!known || !(text(message, "type").equals(HAND_OVER) || isRequest(message))) journal.note(body);
        else if (!journal.has(text(message, "id"))) journal.take(message, answers(message));
        return message;
    }

    private static boolean isRestored(JsonObject message) {
        return text(message, "type").equals(RESTORED);
    }

    private static boolean isRequest(JsonObject message) {
        return text(message, "type").equals(REQUEST);
    }

    /** Here your own work goes. This agency is quick: it does everything at once. */
    private JsonArray answers(JsonObject asked) {
        JsonArray commands = new JsonArray();
        if (isRequest(asked)) {
            commands.add(command("receive-request", asked, "officer", "Lê Thị Mai"));
            commands.add(command("answer-request", asked, "text", "Đã triển khai"));
            return commands;
        }
        String reference = "VPDK-" + text(asked.getAsJsonObject("data"), "code");
        commands.add(command("acknowledge-message", asked, "reference", reference));
        if (text(asked.getAsJsonObject("data"), "kind").equals("opinion")) {
            commands.add(command("give-opinion", asked, "opinion", "agree"));
        } else {
            commands.add(command("accept-leg", asked, "officer", "Lê Thị Mai"));
            commands.add(command("complete-leg", asked, "note", "Đã thẩm định"));
        }
        return commands;
    }

    private JsonObject command(String name, JsonObject asked, String field, String value) {
        String kind = isRequest(asked) ? "request" : "leg";
        String about = text(asked.getAsJsonObject("data"), kind);
        JsonObject data = new JsonObject();
        data.addProperty(kind, about);
        data.addProperty(field, value);
        JsonObject command = new JsonObject();
        command.addProperty("specversion", "1.0");
        command.addProperty("id", agency + "/" + name + "/" + text(asked, "id"));
        command.addProperty("source", "/agencies/" + agency);
        command.addProperty("type", "lienthong.command." + name);
        command.addProperty("subject", kind + "/" + about);
        command.addProperty("time", Instant.now().toString());
        command.addProperty("dataschema", "urn:lienthong:command:" + name + ":1");
        command.addProperty("causationid", text(asked, "id"));
        command.addProperty("datacontenttype", "application/json");
        command.add("data", data);
        return command;
    }

    /** Publishes one command and waits for the broker's confirm. Same id, same bytes each time. */
    private void send(Channel out, JsonObject command) throws Exception {
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("application/cloudevents+json")
                .deliveryMode(2)
                .messageId(text(command, "id"))
                .userId("agency." + agency)
                .build();
        String type = text(command, "type");
        String key = type.substring(type.lastIndexOf('.') + 1);
        byte[] body = command.toString().getBytes(StandardCharsets.UTF_8);
        returned = null;
        out.basicPublish("lienthong.commands", key, true, properties, body);
        out.waitForConfirmsOrDie(30_000);
        if (returned != null) throw new IOException("nobody takes " + returned); // it comes before the confirm
        journal.confirm(text(command, "id"));
    }

    private static JsonObject parse(String body) {
        try {
            return JsonParser.parseString(body).getAsJsonObject();
        } catch (JsonParseException | IllegalStateException error) {
            return new JsonObject(); // no message of ours: noted as it is
        }
    }

    /** A field as text, empty where there is none: unknown and missing fields harm nobody. */
    private static String text(JsonObject object, String field) {
        JsonElement value = object.get(field);
        return value != null && value.isJsonPrimitive() ? value.getAsString() : "";
    }
}
