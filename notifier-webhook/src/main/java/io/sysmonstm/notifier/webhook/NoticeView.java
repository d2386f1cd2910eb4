package io.sysmonstm.notifier.webhook;

import io.sysmonstm.api.Alert;
import io.sysmonstm.spi.Notice;
import io.sysmonstm.spi.NoticeText;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** What a template can name: maps, lists and texts, each text escaped for where it goes. */
final class NoticeView {
  private static final int MAX_TEXT = 4_000;

  private final UnaryOperator<String> escape;

  NoticeView(UnaryOperator<String> escape) {
    this.escape = escape;
  }

  Map<String, Object> of(Notice notice) {
    var view = new LinkedHashMap<String, Object>();
    put(view, "key", notice.key());
    put(view, "status", notice.isResolved() ? "resolved" : "firing");
    put(view, "severity", notice.severity().text());
    put(view, "rule", notice.rule().orElse(""));
    put(view, "title", NoticeText.title(notice));
    put(view, "text", NoticeText.body(notice, MAX_TEXT));
    put(view, "more", String.valueOf(notice.more()));
    put(view, "count", String.valueOf(notice.items().size()));
    view.put("items", notice.items().stream().map(this::of).toList());
    return view;
  }

  private Map<String, Object> of(Notice.Item item) {
    var alert = item.alert();
    var view = new LinkedHashMap<String, Object>();
    put(view, "kind", item.kind().name().toLowerCase(Locale.ROOT));
    put(view, "id", alert.id());
    put(view, "rule", alert.rule());
    put(view, "machine", alert.machineId());
    put(view, "severity", alert.severity().text());
    put(view, "metric", alert.metric());
    put(view, "message", alert.message());
    put(view, "value", NoticeText.number(alert.value()));
    put(view, "threshold", NoticeText.number(alert.threshold()));
    put(view, "culprit", NoticeText.culprit(alert));
    put(view, "acknowledged_by", alert.acknowledgedBy().orElse(""));
    put(view, "started_at", alert.startedAt().toString());
    put(view, "fired_at", alert.firedAt().map(Instant::toString).orElse(""));
    put(view, "resolved_at", alert.resolvedAt().map(Instant::toString).orElse(""));
    view.put("labels", labels(alert));
    return view;
  }

  private Map<String, Object> labels(Alert alert) {
    var labels = new LinkedHashMap<String, Object>();
    alert.labels().asMap().forEach((name, value) -> put(labels, name, value));
    return new Open(labels);
  }

  private void put(Map<String, Object> view, String name, String value) {
    view.put(name, escape.apply(value));
  }

  /** Has an empty text for every name: which labels there are, only the alert knows. */
  private static final class Open extends AbstractMap<String, Object> {
    private final Map<String, Object> known;

    Open(Map<String, Object> known) {
      this.known = known;
    }

    @Override
    public boolean containsKey(Object name) {
      return true;
    }

    @Override
    public Object get(Object name) {
      return known.getOrDefault(name, "");
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      return known.entrySet();
    }
  }
}
