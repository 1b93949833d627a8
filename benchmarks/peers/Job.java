// A file of SQL statements and settings (name=value) come in; a Flink job runs in this process until it is ended or fails.

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

public class Job {
  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = new HashMap<>();
    for (int place = 1; place < arguments.length; place++) {
      String[] setting = arguments[place].split("=", 2);
      settings.put(setting[0], setting[1]);
    }
    var environment = EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(Configuration.fromMap(settings)).build();
    var tables = TableEnvironment.create(environment);
    TableResult last = null;
    for (String statement : Files.readString(Path.of(arguments[0])).split(";\\s*\\n\\s*\\n")) {
      last = tables.executeSql(statement);
    }
    last.await();
  }

  /** An instant with its offset, in nanoseconds: TO_TIMESTAMP_LTZ would drop the offset and cut to milliseconds. */
  public static class Instant extends ScalarFunction {
    @Override
    public void open(FunctionContext context) {
      System.out.println("The first record can be fetched now.");
    }

    public Long eval(byte[] said) {
      var instant = OffsetDateTime.parse(new String(said, java.nio.charset.StandardCharsets.US_ASCII)).toInstant();
      return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
  }
}
