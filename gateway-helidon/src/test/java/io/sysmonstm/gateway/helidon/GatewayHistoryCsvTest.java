package io.sysmonstm.gateway.helidon;

import static io.sysmonstm.gateway.helidon.Answers.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.HistoryResult;
import io.sysmonstm.api.HistorySeries;
import io.sysmonstm.api.Labels;
import io.sysmonstm.api.Resolution;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayHistoryCsvTest {
  private static final String CALL = "/api/v1/history?metric=cpu_percent&machine=web-1&format=csv";

  private final GatewayFixture fixture = new GatewayFixture();

  @BeforeEach
  void store() {
    long start = fixture.time.instant().toEpochMilli();
    fixture.fleet.history.result =
        new HistoryResult(
            Resolution.RAW,
            Duration.ZERO,
            List.of(
                new HistorySeries(
                    "web-1",
                    "cpu_percent",
                    Labels.empty(),
                    LongStream.range(0, 100).map(i -> start + i * 5_000).toArray(),
                    new double[100])));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void isADownloadWithANameThatTellsWhatItIs() {
    var response = fixture.get(CALL + "&from=2026-01-31T10:00:00Z&to=2026-01-31T12:00:00Z");

    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("text/csv; charset=utf-8");
    assertThat(response.headers().firstValue("Content-Disposition"))
        .contains("attachment; filename=\"cpu_percent-web-1-20260131T100000Z.csv\"");
    assertThat(response.body().lines())
        .hasSize(101)
        .startsWith("time,web-1 cpu_percent (%)", "2026-01-01T00:00:00.000Z,0");
  }

  @ParameterizedTest
  @CsvSource({"machine=a&machine=b", "machine=*", "''"})
  void theNameOfAFileOfSeveralMachinesNamesNone(String machines) {
    var response = fixture.get("/api/v1/history?metric=cpu_percent&format=csv&" + machines);

    assertThat(response.headers().firstValue("Content-Disposition").orElseThrow())
        .startsWith("attachment; filename=\"cpu_percent-machines-");
  }

  @Test
  void longFormIsForPrograms() {
    assertThat(fixture.get(CALL + "_long").body())
        .startsWith("time,machine_id,metric,unit,value\r\n");
  }

  @Test
  void jsonIsTheDefaultAndCanBeNamed() {
    var call = CALL.replace("=csv", "=json");

    assertThat(fixture.get(call).body())
        .isEqualTo(fixture.get(call.replace("&format=json", "")).body())
        .startsWith("{\"resolution\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "metric=cpu_percent&format=xlsx          | format is 'xlsx': expected one of json, csv,"
            + " csv_long",
        "metric=cpu_percent&format=csv&format=csv | expected it once",
        "metric=CPU&format=csv                   | metric is 'CPU'",
        "metric=cpu_percent&format=csv&step=0s   | step is '0s'"
      })
  void errorsAreProblemsAsWithJson(String query, String expected) {
    var response = fixture.get("/api/v1/history?" + query);

    assertProblem(response, 400, "INVALID_ARGUMENT");
    assertThat(response.body()).contains(expected);
    assertThat(response.headers().firstValue("Content-Disposition")).isEmpty();
  }

  @Test
  void isNotAvailableWhileTheStoreIsDown() {
    fixture.fleet.history.down = true;

    assertProblem(fixture.get(CALL), 503, "UNAVAILABLE");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "deflate, GZIP;q=0.5, br | true",
        "gzip;q=0 | false",
        "gzip; q=0.000 | false",
        "deflate, br | false",
        "x-gzip | false"
      })
  void isCompressedForThoseThatAskForIt(String encodings, boolean compressed) throws Exception {
    var request =
        HttpRequest.newBuilder(fixture.uri(CALL)).header("Accept-Encoding", encodings).build();

    var response = fixture.client.send(request, BodyHandlers.ofByteArray());

    assertThat(response.headers().firstValue("Vary")).contains("Accept-Encoding");
    assertThat(response.headers().firstValue("Content-Encoding").isPresent()).isEqualTo(compressed);
    assertThat(text(response.body(), compressed)).isEqualTo(fixture.get(CALL).body());
    if (compressed) {
      assertThat(response.body()).hasSizeLessThan(1_000);
    }
  }

  private static String text(byte[] body, boolean compressed) throws IOException {
    try (var in =
        compressed
            ? new GZIPInputStream(new ByteArrayInputStream(body))
            : new ByteArrayInputStream(body)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
