// The line to the gateway.

const PATIENCE = 25000; // ms: the gateway itself answers within 12 s, with 202 when it takes longer

export class Refused extends Error {
  constructor(status, detail, wait, challenge = null) {
    super(detail);
    this.status = status;
    this.wait = wait;
    this.challenge = challenge;
  }
}

// The answer to a challenge: a number whose hash with the text begins with so many zero bits.
export const solved = async ({ text, bits }) => {
  const encoder = new TextEncoder();
  for (let number = 0; ; number += 1) {
    const proof = `${text}~${number}`;
    const digest = await crypto.subtle.digest("SHA-256", encoder.encode(proof));
    if (new DataView(digest).getUint32(0) >>> (32 - bits) === 0) return proof;
  }
};

export class Line {
  token = null;

  constructor(server) {
    this.server = server;
  }

  // Any answer that is no success is thrown as Refused; no answer at all as another error.
  async call(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = {};
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    if (body) headers["Content-Type"] = "application/json";
    const response = await fetch(`${this.server}/api/chat${path}`, {
      method, headers, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE), body: body && JSON.stringify(body) });
    // What stands before the gateway may answer with a page of its own.
    const content = response.status === 204 ? null : await response.json().catch(() => null);
    if (response.ok && content === null && response.status !== 204) throw new Error("no answer");
    if (!response.ok) {
      const wait = Number.parseInt(response.headers.get("Retry-After") || "0", 10);
      throw new Refused(response.status, (content && content.detail) || "", wait, content && content.challenge);
    }
    return { status: response.status, content };
  }
}
