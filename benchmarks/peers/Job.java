// A file of SQL statements and settings (name=value) come in; a Flink job runs in this process until it is ended or fails.

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
      var instant = OffsetDateTime.parse(new String(said, StandardCharsets.US_ASCII)).toInstant();
      return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }
  }

  /** The month in Jakarta, as our service numbers it: year * 12 + month - 1. */
  public static class JakartaMonth extends ScalarFunction {
    private static final ZoneOffset JAKARTA = ZoneOffset.ofHours(7);

    public Integer eval(Long nanoseconds) {
      var at = LocalDateTime.ofEpochSecond(Math.floorDiv(nanoseconds, 1_000_000_000L), 0, JAKARTA);
      return at.getYear() * 12 + at.getMonthValue() - 1;
    }
  }
}
