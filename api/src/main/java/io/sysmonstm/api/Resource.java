package io.sysmonstm.api;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** What is known of a machine beyond its metrics; sent once per connection. Immutable. */
public final class Resource {
  private final String hostname;
  private final String os;
  private final String osVersion;
  private final String arch;
  private final String cpuModel;
  private final int logicalCpus;
  private final long memoryBytes;
  private final Optional<Instant> bootTime;
  private final String collectorVersion;
  private final Map<String, String> tags;

  private Resource(Builder builder) {
    this.hostname = builder.hostname;
    this.os = builder.os;
    this.osVersion = builder.osVersion;
    this.arch = builder.arch;
    this.cpuModel = builder.cpuModel;
    this.logicalCpus = builder.logicalCpus;
    this.memoryBytes = builder.memoryBytes;
    this.bootTime = builder.bootTime;
    this.collectorVersion = builder.collectorVersion;
    this.tags = Collections.unmodifiableMap(new LinkedHashMap<>(builder.tags));
  }

  /**
   * Starts one.
   *
   * @param hostname the host name
   * @return a builder
   */
  public static Builder builder(String hostname) {
    return new Builder(hostname);
  }

  /** {@return a builder that starts from this} */
  public Builder toBuilder() {
    var builder = new Builder(hostname);
    builder.os = os;
    builder.osVersion = osVersion;
    builder.arch = arch;
    builder.cpuModel = cpuModel;
    builder.logicalCpus = logicalCpus;
    builder.memoryBytes = memoryBytes;
    builder.bootTime = bootTime;
    builder.collectorVersion = collectorVersion;
    builder.tags = tags;
    return builder;
  }

  /** {@return the host name} */
  public String hostname() {
    return hostname;
  }

  /** {@return the operating system's name, empty where unknown} */
  public String os() {
    return os;
  }

  /** {@return the operating system's version, empty where unknown} */
  public String osVersion() {
    return osVersion;
  }

  /** {@return the processor architecture, empty where unknown} */
  public String arch() {
    return arch;
  }

  /** {@return the processor's model, empty where unknown} */
  public String cpuModel() {
    return cpuModel;
  }

  /** {@return the number of logical processors, 0 where unknown} */
  public int logicalCpus() {
    return logicalCpus;
  }

  /** {@return the installed memory in bytes, 0 where unknown} */
  public long memoryBytes() {
    return memoryBytes;
  }

  /** {@return when the machine booted} */
  public Optional<Instant> bootTime() {
    return bootTime;
  }

  /** {@return the version of the collector, empty where unknown} */
  public String collectorVersion() {
    return collectorVersion;
  }

  /** {@return the tags that its operator gave it} */
  public Map<String, String> tags() {
    return tags;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Resource that
            && hostname.equals(that.hostname)
            && os.equals(that.os)
            && osVersion.equals(that.osVersion)
            && arch.equals(that.arch)
            && cpuModel.equals(that.cpuModel)
            && logicalCpus == that.logicalCpus
            && memoryBytes == that.memoryBytes
            && bootTime.equals(that.bootTime)
            && collectorVersion.equals(that.collectorVersion)
            && tags.equals(that.tags));
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        hostname,
        os,
        osVersion,
        arch,
        cpuModel,
        logicalCpus,
        memoryBytes,
        bootTime,
        collectorVersion,
        tags);
  }

  /** Collects the parts. Confined to one thread. */
  public static final class Builder {
    private final String hostname;
    private String os = "";
    private String osVersion = "";
    private String arch = "";
    private String cpuModel = "";
    private int logicalCpus = 0;
    private long memoryBytes = 0;
    private Optional<Instant> bootTime = Optional.empty();
    private String collectorVersion = "";
    private Map<String, String> tags = Map.of();

    private Builder(String hostname) {
      this.hostname = hostname;
    }

    /**
     * Sets the operating system's name, empty where unknown.
     *
     * @param value the operating system's name, empty where unknown
     * @return this builder
     */
    public Builder os(String value) {
      os = value;
      return this;
    }

    /**
     * Sets the operating system's version, empty where unknown.
     *
     * @param value the operating system's version, empty where unknown
     * @return this builder
     */
    public Builder osVersion(String value) {
      osVersion = value;
      return this;
    }

    /**
     * Sets the processor architecture, empty where unknown.
     *
     * @param value the processor architecture, empty where unknown
     * @return this builder
     */
    public Builder arch(String value) {
      arch = value;
      return this;
    }

    /**
     * Sets the processor's model, empty where unknown.
     *
     * @param value the processor's model, empty where unknown
     * @return this builder
     */
    public Builder cpuModel(String value) {
      cpuModel = value;
      return this;
    }

    /**
     * Sets the number of logical processors, 0 where unknown.
     *
     * @param value the number of logical processors, 0 where unknown
     * @return this builder
     */
    public Builder logicalCpus(int value) {
      logicalCpus = value;
      return this;
    }

    /**
     * Sets the installed memory in bytes, 0 where unknown.
     *
     * @param value the installed memory in bytes, 0 where unknown
     * @return this builder
     */
    public Builder memoryBytes(long value) {
      memoryBytes = value;
      return this;
    }

    /**
     * Sets when the machine booted.
     *
     * @param value when the machine booted
     * @return this builder
     */
    public Builder bootTime(Instant value) {
      bootTime = Optional.of(value);
      return this;
    }

    /**
     * Sets the version of the collector, empty where unknown.
     *
     * @param value the version of the collector, empty where unknown
     * @return this builder
     */
    public Builder collectorVersion(String value) {
      collectorVersion = value;
      return this;
    }

    /**
     * Sets the tags that its operator gave it.
     *
     * @param value the tags that its operator gave it
     * @return this builder
     */
    public Builder tags(Map<String, String> value) {
      tags = value;
      return this;
    }

    /** {@return the result} */
    public Resource build() {
      return new Resource(this);
    }
  }
}
