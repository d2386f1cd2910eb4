package io.sysmonstm.alerts.engine.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessageTemplateTest {
  private static String render(String template, Map<String, String> values) {
    return new MessageTemplate(template).render(name -> Optional.ofNullable(values.get(name)));
  }

  @Test
  void replacesNamesByValues() {
    assertThat(
            render(
                "{{machine}} {{ labels.mount }} is {{value}} % full",
                Map.of("machine", "m1", "labels.mount", "/", "value", "95")))
        .isEqualTo("m1 / is 95 % full");
  }

  @Test
  void leavesWhatMeansNothingAsItIs() {
    assertThat(render("{{what}} {{a b}} {x} }} {{", Map.of()))
        .isEqualTo("{{what}} {{a b}} {x} }} {{");
  }

  @Test
  void doesNotLookIntoValues() {
    assertThat(render("{{machine}}", Map.of("machine", "{{value}}", "value", "1")))
        .isEqualTo("{{value}}");
  }

  @Test
  void reachesNothingButTexts() {
    var values = Map.of("machine", "m1");
    assertThat(render("{{machine.bytes}} {{machine.class}} {{machine.hashCode}}", values))
        .isEqualTo("{{machine.bytes}} {{machine.class}} {{machine.hashCode}}");
    assertThat(render("{{#machine}}{{bytes}} {{.}} {{machine}}{{/machine}}", values))
        .isEqualTo("{{bytes}} m1 {{machine}}");
    assertThat(render("<{{{machine}}}>{{&machine}}", Map.of("machine", "<a>&")))
        .isEqualTo("<<a>&><a>&");
  }

  @Test
  void showsATemplateThatIsWrongAsItIs() {
    assertThat(render("{{}} {{machine}}", Map.of("machine", "m1"))).isEqualTo("{{}} {{machine}}");
    assertThat(render("{{>other}}", Map.of())).isEqualTo("{{>other}}");
    assertThat(MessageTemplate.problem("x".repeat(MessageTemplate.LONGEST))).isEmpty();
    assertThat(MessageTemplate.problem("x".repeat(MessageTemplate.LONGEST + 1))).isPresent();
  }

  @Test
  void survivesHostileNesting() {
    var open = "{{#a}}".repeat(300);
    assertThat(render(open + "x" + "{{/a}}".repeat(300), Map.of("a", "y"))).hasSizeLessThan(1_001);
  }

  @Test
  void isBounded() {
    assertThat(render("{{machine}}".repeat(100), Map.of("machine", "x".repeat(64)))).hasSize(1_000);
  }

  @Test
  void reachesTheAlert() {
    var engine =
        new Evaluation(
            "  - {name: r, metric: cpu_percent, operator: gt, threshold: 90.0, severity: info, message: \"{{hostname}} {{rule}} {{metric}} {{severity}} {{value}} > {{threshold}} {{labels.core}}.\"}");
    engine.samples("cpu_percent", 91.5, 3);
    assertThat(engine.transitions.getFirst().alert().message())
        .isEqualTo("host-m1 r cpu_percent info 91.5 > 90 .");
    assertThat(engine.transitions.getLast().alert().message())
        .isEqualTo("resolved: host-m1 r cpu_percent info 3 > 90 .");
  }
}
