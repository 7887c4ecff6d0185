// What both providers stand on: a server on a free port, of another site than Rolecall's (`localhost`, not `127.0.0.1`), as real ones are.
import { once } from 'node:events';
import { type IncomingMessage, type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody whom a provider knows. */
export interface Person {
  /** What stays when all else changes. */
  id: string;
  email: string;
  name: string;
  groups: string[];
}

export class Site {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** The handler is made once the address is known. */
  static async open(handlerOf: (url: string) => RequestListener): Promise<Site> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.on('request', handlerOf(url));
    return new Site(server, url);
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}

export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title></head><body><main><h1>${escaped(title)}</h1>${body}</main></body></html>`;
}

/** A form of one button, with what it carries. */
export function button(label: string, action: string, fields: Record<string, string>): string {
  const inputs = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`,
  );
  return `<form method="post" action="${escaped(action)}">${inputs.join('')}<button>${escaped(label)}</button></form>`;
}

/** For text and for values in quotes, in HTML and XML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A form that was posted. */
export async function form(request: IncomingMessage): Promise<Record<string, string>> {
  let body = '';
  for await (const part of request) body += part;
  return Object.fromEntries(new URLSearchParams(body));
}
