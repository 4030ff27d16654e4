// The line to the gateway.

const PATIENCE = 25000; // ms: the gateway itself answers within 12 s, with 202 when it takes longer

export class Refused extends Error {
  constructor(status, detail, wait) {
    super(detail);
    this.status = status;
    this.wait = wait;
  }
}

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
      throw new Refused(response.status, (content && content.detail) || "", wait);
    }
    return { status: response.status, content };
  }
}
