# Sourced by the scripts of this checkout: sets JAVA_HOME to a JDK 25 or newer, or says how to get one.

jdk_version() {
  # The release file is read instead of starting a JVM; a JRE without javac does not count.
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

is_new_enough() {
  version=$(jdk_version "$1") && [ "${version:-0}" -ge 25 ]
}

find_jdk() {
  if [ -n "${JAVA_HOME:-}" ] && is_new_enough "$JAVA_HOME"; then
    printf '%s\n' "$JAVA_HOME"
    return
  fi
  on_path=$(command -v javac 2>/dev/null) && on_path=$(readlink -f "$on_path")
  for candidate in "${on_path%/bin/javac}" /usr/lib/jvm/* /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
    if [ -n "$candidate" ] && is_new_enough "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

if ! JAVA_HOME=$(find_jdk); then
  echo "sysmonstm needs a JDK 25 or newer, and none was found in JAVA_HOME, on the PATH or under /usr/lib/jvm." >&2
  echo "Install one (for example the package temurin-25-jdk) or set JAVA_HOME to it." >&2
  exit 2
fi
export JAVA_HOME
