package io.sysmonstm.web.helidon.internal.net;

import io.sysmonstm.spi.EventLog;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * Accepts TLS connections that {@link Arrivals} takes in, and closes all others. What it returns is
 * TLS upon a plain socket, which can be ended at any moment.
 */
final class GuardedServerSocket extends SSLServerSocket {
  private static final EventLog LOG = EventLog.of(GuardedServerSocket.class);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final SSLContext context;
  private final Arrivals arrivals;
  private SSLParameters parameters;
  private boolean sessionCreation = true;

  GuardedServerSocket(SSLContext context, Arrivals arrivals) throws IOException {
    this.context = context;
    this.arrivals = arrivals;
    this.parameters = context.getDefaultSSLParameters();
  }

  @Override
  public Socket accept() throws IOException {
    while (true) {
      var arrival = next();
      if (arrivals.admit(arrival)) {
        try {
          return upon(arrival);
        } catch (IOException e) {
          // One connection is no reason to end the server.
          arrival.cutOff();
        }
      }
    }
  }

  // Helidon ends its listener for good at the first exception: as when the files of the process are
  // used up, which passes.
  private Arrival next() throws IOException {
    while (true) {
      try {
        var arrival = arrivals.next();
        implAccept(arrival);
        return arrival;
      } catch (SocketTimeoutException expected) {
        throw expected;
      } catch (IOException e) {
        if (isClosed()) {
          throw e;
        }
        LOG.warn("accept_failed", "a connection could not be accepted; going on", e);
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  private SSLSocket upon(Arrival arrival) throws IOException {
    var socket = (SSLSocket) context.getSocketFactory().createSocket(arrival, null, true);
    socket.setUseClientMode(false);
    socket.setSSLParameters(parameters);
    socket.setEnableSessionCreation(sessionCreation);
    return socket;
  }

  @Override
  public SSLParameters getSSLParameters() {
    return parameters;
  }

  @Override
  public void setSSLParameters(SSLParameters value) {
    parameters = value;
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return parameters.getCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    parameters.setCipherSuites(suites);
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return context.getSupportedSSLParameters().getCipherSuites();
  }

  @Override
  public String[] getSupportedProtocols() {
    return context.getSupportedSSLParameters().getProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return parameters.getProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    parameters.setProtocols(protocols);
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    parameters.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return parameters.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    parameters.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return parameters.getWantClientAuth();
  }

  @Override
  public void setUseClientMode(boolean client) {
    if (client) {
      throw new IllegalArgumentException("a server socket shakes hands as a server only");
    }
  }

  @Override
  public boolean getUseClientMode() {
    return false;
  }

  @Override
  public void setEnableSessionCreation(boolean enable) {
    sessionCreation = enable;
  }

  @Override
  public boolean getEnableSessionCreation() {
    return sessionCreation;
  }
}
