package io.sysmonstm.store.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import io.sysmonstm.api.SeqRange;
import io.sysmonstm.api.SeqRanges;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextFormsTest {
  @Test
  void multirangesDoNotIncludeTheirEnd() {
    var ranges = new SeqRanges(List.of(new SeqRange(1, 3), new SeqRange(7, 7)));

    assertThat(Multirange.write(ranges)).isEqualTo("{[1,4),[7,8)}");
    assertThat(Multirange.read("{[1,4),[7,8)}")).isEqualTo(ranges);
    assertThat(Multirange.read("{}").isEmpty()).isTrue();
  }

  @Test
  void multirangesReachTheGreatestNumber() {
    var ranges = new SeqRanges(List.of(new SeqRange(5, Long.MAX_VALUE)));

    assertThat(Multirange.read(Multirange.write(ranges))).isEqualTo(ranges);
  }

  @Test
  void labelsAreQuoted() {
    assertThat(LabelArrays.literal(Labels.empty())).isEqualTo("{}");
    assertThat(LabelArrays.literal(Labels.of("mount", "a\"b\\c,{}")))
        .isEqualTo("{\"mount\",\"a\\\"b\\\\c,{}\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "08006, LINK",
    "57P01, LINK",
    "53300, LINK",
    "28P01, LINK",
    "3D000, LINK",
    "40P01, PASSING",
    "40001, PASSING",
    "53100, PASSING",
    "55P03, PASSING",
    "25006, PASSING",
    "58030, PASSING",
    "57014, TIMEOUT",
    "22P05, ROW",
    "23514, ROW",
    "P0001, ROW",
    "42501, BROKEN",
    "42P01, BROKEN"
  })
  void failuresAreToldApartByTheirState(String state, SqlFailure expected) {
    assertThat(SqlFailure.of(new SQLException("", state))).isEqualTo(expected);
  }
}
