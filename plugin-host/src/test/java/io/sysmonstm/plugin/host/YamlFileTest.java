package io.sysmonstm.plugin.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.plugin.host.Given.Form;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlFileTest {
  @TempDir Path directory;

  @Test
  void nestedAndDottedKeysAreTheSame() throws IOException {
    var yaml = read("collector:\n  spool:\n    max-age: 24h\ngateway.listen: 127.0.0.1:8000\n");

    assertThat(yaml.problems()).isEmpty();
    assertThat(yaml.values())
        .containsOnly(
            Map.entry(
                "collector.spool.max-age",
                new Given("24h", Form.TEXT, "file %s:3".formatted(file()))),
            Map.entry(
                "gateway.listen",
                new Given("127.0.0.1:8000", Form.TEXT, "file %s:4".formatted(file()))));
  }

  @Test
  void valuesStayTheTextThatWasWritten() throws IOException {
    var yaml = read("a: 0x10\nb: 1_000\nc: 12:30\nd: 1.10\ne: yes\nf: '  x '\ng: \"\"\n");

    assertThat(yaml.values().values())
        .extracting(Given::text)
        .containsExactly("0x10", "1_000", "12:30", "1.10", "yes", "  x ", "");
    assertThat(yaml.values().values()).extracting(Given::form).containsOnly(Form.TEXT);
  }

  @Test
  void nothingBehindAKeyIsAsIfItWereNotThere() throws IOException {
    var yaml = read("a:\nb: ~\nc: null\nd: {}\n");

    assertThat(yaml.values().values()).extracting(Given::form).containsOnly(Form.EMPTY);
  }

  @Test
  void aKeyGivenTwiceIsAProblemHoweverItIsWritten() throws IOException {
    var yaml = read("a:\n  b: 1\na.b: 2\na:\n  c: 1\n  c: 2\n");

    assertThat(yaml.problems())
        .hasSize(2)
        .anyMatch(problem -> problem.endsWith("f.yaml:2") && problem.contains("f.yaml:3: a.b is"))
        .anyMatch(problem -> problem.contains("f.yaml:6: a.c is given twice"));
  }

  @Test
  void anchorsWorkAndAreBounded() throws IOException {
    var shared = read("a: &x {p: 1}\nb: *x\n");
    assertThat(shared.values()).containsOnlyKeys("a.p", "b.p");

    var laughs = new StringBuilder("a0: &a0 {x: 1}\n");
    for (int i = 1; i < 40; i++) {
      laughs.append("a%d: &a%d {p: *a%d, q: *a%d}\n".formatted(i, i, i - 1, i - 1));
    }
    var bomb = read(laughs.toString());
    assertThat(bomb.problems()).isNotEmpty();
    assertThat(bomb.values()).hasSizeLessThanOrEqualTo(10_000);
  }

  @Test
  void aCircleIsAProblem() throws IOException {
    assertThat(read("a: &a\n  b: *a\n").problems())
        .singleElement()
        .asString()
        .contains("nested too deeply");
  }

  @Test
  void whatIsNotYamlIsToldByLineAndWithoutItsText() throws IOException {
    var yaml = read("fine: 1\ntoken: \"s3cret\nmore: 2\n");

    assertThat(yaml.problems())
        .singleElement()
        .asString()
        .contains("f.yaml:4: not YAML: ")
        .doesNotContain("s3cret");
  }

  @Test
  void severalDocumentsAndOtherShapesAreProblems() throws IOException {
    assertThat(read("a: 1\n---\nb: 2\n").problems()).isNotEmpty();
    assertThat(read("- a\n- b\n").problems()).isNotEmpty();
    assertThat(read("just text\n").problems()).isNotEmpty();
    assertThat(read("[a]: 1\n").problems()).isNotEmpty();
    assertThat(read("a: [{b: 1}]\n").problems()).isNotEmpty();
    assertThat(read("a: [\"x,y\"]\n").problems()).isNotEmpty();
  }

  @Test
  void anEmptyFileGivesNothing() throws IOException {
    var yaml = read("# only a comment\n");

    assertThat(yaml.problems()).isEmpty();
    assertThat(yaml.values()).isEmpty();
  }

  @Test
  void otherBytesThanUtf8AreAProblem() throws IOException {
    var file = directory.resolve("latin.yaml");
    Files.write(file, "a: \u00e4".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(YamlFile.read(file).problems()).singleElement().asString().contains("not UTF-8");
  }

  private Path file() {
    return directory.resolve("f.yaml");
  }

  private YamlFile read(String text) throws IOException {
    return YamlFile.read(Files.writeString(file(), text));
  }
}
