import type { RemoteBrokerProblem } from "../../bridge/remote-broker.ts";

/** Reason codes of CONNACK that refuse the login, of 3.1.1 (4, 5) and of 5. */
const loginCodes = new Set([4, 5, 134, 135, 138, 140]);
const unreachable = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ECONNRESET",
]);
const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/;

/** An error of mqtt.js, in words of whoever runs the gateway. */
export function problemOf(error: Error): RemoteBrokerProblem {
  const { code } = error as { code?: unknown };
  if (typeof code === "number") {
    if (loginCodes.has(code)) {
      return {
        kind: "login-refused",
        text: `The broker refused the login (code ${code}); see username, passwordFile, certFile and clientId`,
      };
    }
    return { kind: "refused", text: `The broker refused (${error.message}, code ${code})` };
  }
  if (typeof code === "string") {
    if (unreachable.has(code)) return { kind: "unreachable", text: `The broker cannot be reached (${code})` };
    if (tlsCode.test(code))
      return { kind: "tls", text: `No TLS with the broker (${code}); see caFile, certFile and serverName` };
  }
  if (/connack timeout/i.test(error.message))
    return { kind: "unreachable", text: "The broker does not answer CONNECT; does it speak this version of MQTT?" };
  if (/keepalive timeout/i.test(error.message))
    return { kind: "connection-lost", text: "The broker does not answer any more" };
  return { kind: "connection-lost", text: error.message.slice(0, 200) };
}

/** DISCONNECT of a broker of version 5 (section 3.14.2.1). */
export function disconnectProblem(reasonCode = 0): RemoteBrokerProblem {
  if (reasonCode === 142)
    return { kind: "taken-over", text: "Another client came with the same clientId; give each gateway its own" };
  if (loginCodes.has(reasonCode))
    return { kind: "login-refused", text: `The broker ended the connection (code ${reasonCode}): not authorized` };
  return { kind: "connection-lost", text: `The broker ended the connection (code ${reasonCode})` };
}
