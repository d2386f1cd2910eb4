package io.sysmonstm.collector.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.sysmonstm.api.Labels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InodesTest {
  private static final Labels ROOT = Labels.of("mount", "/");
  private static final Labels MEDIA = Labels.of("mount", "/media/my disk");

  @Test
  void readsTheTableOfDf() {
    // GNU coreutils 9.1; a mount point with a blank, and a file system without inodes of its own.
    var lines =
        List.of(
            "Filesystem       Inodes  IUsed    IFree IUse% Mounted on",
            "/dev/vda       16777216 414616 16362600    3% /",
            "/dev/sdb1       1000000 250000   750000   25% /media/my disk",
            "/dev/sdc1             0      0        0     - /boot/efi",
            "df: /mnt/dead: Transport endpoint is not connected");
    var labels =
        Map.of("/", ROOT, "/media/my disk", MEDIA, "/boot/efi", Labels.of("mount", "/efi"));
    assertThat(Inodes.parse(lines, labels))
        .containsExactly(
            new Inodes(ROOT, 16_777_216, 16_362_600), new Inodes(MEDIA, 1_000_000, 750_000));
  }

  @Test
  void leavesOutWhatItWasNotAskedForAndWhatIsNoNumber() {
    var lines = List.of("/dev/vda - - - - /", "/dev/vdb 10 5 5 50% /other", "nonsense", "");
    assertThat(Inodes.parse(lines, Map.of("/", ROOT))).isEmpty();
  }
}
