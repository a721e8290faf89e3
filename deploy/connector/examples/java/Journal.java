import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must outlive a crash: one JSON line each, on the disk before anything else goes on.
 * A real system would keep this in the database where it keeps its dossiers.
 */
final class Journal {
    private final Map<String, JsonArray> answers = new LinkedHashMap<>();
    private final Map<String, JsonObject> unconfirmed = new LinkedHashMap<>();
    private final RandomAccessFile file;

    Journal(String path) throws IOException {
        file = new RandomAccessFile(path, "rwd");
        byte[] known = new byte[(int) file.length()];
        file.readFully(known);
        int whole = known.length; // a crash may have cut the last line
        while (whole > 0 && known[whole - 1] != '\n') whole--;
        for (String line : new String(known, 0, whole, StandardCharsets.UTF_8).split("\n"))
            if (!line.isEmpty()) remember(JsonParser.parseString(line).getAsJsonObject());
        file.setLength(whole);
        file.seek(whole);
    }

    synchronized boolean has(String id) {
        return answers.containsKey(id);
    }

    /** The commands that answer a hand-over; none for one that was not taken. */
    synchronized List<JsonObject> answersTo(String id) {
        List<JsonObject> found = new ArrayList<>();
        for (JsonElement command : answers.getOrDefault(id, new JsonArray())) found.add(command.getAsJsonObject());
        return found;
    }

    synchronized List<JsonObject> unconfirmed() {
        return new ArrayList<>(unconfirmed.values());
    }

    /** Keeps a hand-over together with its answers: never one without the other. */
    void take(JsonObject message, JsonArray commands) throws IOException {
        JsonObject entry = new JsonObject();
        entry.add("taken", message);
        entry.add("commands", commands);
        append(entry);
    }

    /** Keeps what needs no answer: notices, refusals, and what this program is too old to know. */
    void note(String body) throws IOException {
        JsonObject entry = new JsonObject();
        entry.addProperty("noted", body);
        append(entry);
    }

    /** Keeps that all commands given since a moment are to be sent again: they are unconfirmed from now on. */
    void restore(JsonObject message) throws IOException {
        JsonObject entry = new JsonObject();
        entry.add("restored", message);
        append(entry);
    }

    void confirm(String id) throws IOException {
        JsonObject entry = new JsonObject();
        entry.addProperty("confirmed", id);
        append(entry);
    }

    private synchronized void append(JsonObject entry) throws IOException {
        file.write((entry + "\n").getBytes(StandardCharsets.UTF_8));
        remember(entry);
    }

    private void remember(JsonObject entry) {
        if (entry.has("taken")) {
            JsonArray commands = entry.getAsJsonArray("commands");
            answers.put(entry.getAsJsonObject("taken").get("id").getAsString(), commands);
            for (JsonElement command : commands)
                unconfirmed.put(command.getAsJsonObject().get("id").getAsString(), command.getAsJsonObject());
        }
        if (entry.has("restored")) {
            JsonObject data = entry.getAsJsonObject("restored").getAsJsonObject("data");
            Instant since = OffsetDateTime.parse(data.get("resend_since").getAsString()).toInstant();
            for (JsonArray commands : answers.values())
                for (JsonElement element : commands) {
                    JsonObject command = element.getAsJsonObject();
                    if (Instant.parse(command.get("time").getAsString()).isBefore(since)) continue;
                    unconfirmed.remove(command.get("id").getAsString()); // behind what stands before it
                    unconfirmed.put(command.get("id").getAsString(), command);
                }
        }
        if (entry.has("confirmed")) unconfirmed.remove(entry.get("confirmed").getAsString());
    }
}
