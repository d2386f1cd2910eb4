package io.sysmonstm.oidc.nimbus;

import io.sysmonstm.api.ConfigException;
import io.sysmonstm.spi.ProviderContext;
import io.sysmonstm.spi.Setting;
import io.sysmonstm.spi.Settings;
import io.sysmonstm.spi.SingleSignOn;
import io.sysmonstm.spi.SingleSignOnProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes the single sign-on by OpenID Connect, type {@code oidc}. Stateless. */
public final class OidcSingleSignOnProvider implements SingleSignOnProvider {
  static final Setting<URI> ISSUER =
      Setting.of(
          "gateway.oidc.issuer",
          "The OpenID provider that people may log in by, exactly as it names itself.",
          "https://host, perhaps with a path; http:// on this machine alone",
          text -> uri(text).filter(uri -> uri.getRawQuery() == null));
  static final Setting<String> CLIENT_ID =
      Setting.text("gateway.oidc.client-id", "What the provider knows this gateway by.");
  static final Setting<String> CLIENT_SECRET =
      Setting.text(
              "gateway.oidc.client-secret",
              "By which it proves that; none where the provider knows it as a public client.")
          .asSecret();
  static final Setting<ClientProof> CLIENT_AUTHENTICATION =
      Setting.of(
          "gateway.oidc.client-authentication",
          "How the secret is sent: basic or post; unless given as the provider says, basic where it"
              + " says nothing.",
          "basic or post",
          ClientProof::parse);
  static final Setting<List<String>> SCOPES =
      Setting.list("gateway.oidc.scopes", "What is asked for beside the scope openid.")
          .withDefault("profile,email");
  static final Setting<String> NAME =
      Setting.of(
              "gateway.oidc.name",
              "What the provider is called on the page, as in: Log in with NAME.",
              "1 to 64 characters",
              text -> Optional.of(text.strip()).filter(name -> name.matches("[^\\p{Cntrl}]{1,64}")))
          .withDefault("OpenID");
  static final Setting<String> ROLE_CLAIM =
      Setting.text(
              "gateway.oidc.role-claim",
              "The claim that decides who may come in; dots lead into objects, as in"
                  + " realm_access.roles.")
          .withDefault("groups");
  static final Setting<List<String>> ADMINS =
      Setting.list("gateway.oidc.admins", "The values of that claim that make an admin.")
          .withDefault("");
  static final Setting<List<String>> VIEWERS =
      Setting.list(
              "gateway.oidc.viewers",
              "The values of that claim that make a viewer; * stands for everybody.")
          .withDefault("");
  static final Setting<URI> REDIRECT_URL =
      Setting.of(
          "gateway.oidc.redirect-url",
          "Where the provider sends people back to; unless given, by the host that they call the"
              + " gateway by.",
          "https://host" + OidcConfig.CALLBACK,
          text -> uri(text).filter(uri -> uri.getPath().endsWith(OidcConfig.CALLBACK)));
  static final Setting<Path> TRUST =
      Setting.path(
          "gateway.oidc.trust",
          "The PEM file with the authorities that sign the certificate of the provider; those of"
              + " the JVM unless given.");

  /** For the service loader. */
  public OidcSingleSignOnProvider() {}

  @Override
  public String type() {
    return "oidc";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        ISSUER,
        CLIENT_ID,
        CLIENT_SECRET,
        CLIENT_AUTHENTICATION,
        SCOPES,
        NAME,
        ROLE_CLAIM,
        ADMINS,
        VIEWERS,
        REDIRECT_URL,
        TRUST);
  }

  @Override
  public SingleSignOn create(Settings settings, ProviderContext context) {
    return OidcSingleSignOn.open(config(settings), settings.find(TRUST), context);
  }

  static OidcConfig config(Settings settings) {
    var problems = new ArrayList<String>();
    for (var needed : List.of(ISSUER, CLIENT_ID)) {
      if (settings.find(needed).isEmpty()) {
        problems.add("%s is missing: expected %s".formatted(needed, needed.expected()));
      }
    }
    var roles =
        new RoleRule(
            settings.get(ROLE_CLAIM),
            List.copyOf(settings.get(ADMINS)),
            List.copyOf(settings.get(VIEWERS)));
    if (roles.letsNobodyIn()) {
      problems.add(
          "%s and %s are empty: expected values of the claim %s in one of them, else nobody comes in"
              .formatted(ADMINS, VIEWERS, roles.claim()));
    }
    if (settings.get(ADMINS).contains(RoleRule.EVERYBODY)) {
      problems.add("%s has *: expected values of the claim".formatted(ADMINS));
    }
    if (settings.find(CLIENT_AUTHENTICATION).isPresent()
        && settings.find(CLIENT_SECRET).isEmpty()) {
      problems.add("%s is set and %s is not".formatted(CLIENT_AUTHENTICATION, CLIENT_SECRET));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new OidcConfig(
        settings.find(ISSUER).orElseThrow(),
        settings.find(CLIENT_ID).orElseThrow(),
        settings.find(CLIENT_SECRET),
        settings.find(CLIENT_AUTHENTICATION),
        settings.get(SCOPES),
        settings.get(NAME),
        roles,
        settings.find(REDIRECT_URL));
  }

  private static Optional<URI> uri(String text) {
    return Stream.of(text.strip())
        .flatMap(
            stripped -> {
              try {
                return Stream.of(URI.create(stripped));
              } catch (IllegalArgumentException notAUri) {
                return Stream.of();
              }
            })
        .filter(uri -> OidcHttp.isSafe(uri) && uri.getRawFragment() == null)
        .findFirst();
  }
}
