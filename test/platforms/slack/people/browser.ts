/** What a person's browser does with pages of one server: follows links, and keeps cookies. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  /**
   * Opens a page, as over https: the proxy in front of the app is not pretended, so `Secure` cookies pass.
   *
   * @returns its status, text, and the cookies as the server set them
   */
  async open(address: string): Promise<{ status: number; text: string; setCookies: string[] }> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, {
      // No connection is kept that a restarted server would not know.
      headers: { cookie, connection: 'close' },
      redirect: 'manual',
    });
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) this.keep(line);
    return { status: response.status, text: await response.text(), setCookies };
  }

  /** The address of the first link in a page. */
  link(text: string): string {
    return /href="([^"]+)"/.exec(text)![1]!.replaceAll('&amp;', '&');
  }

  /** A browser with the same cookies, as somebody makes who copied them. */
  copy(): Browser {
    const copy = new Browser();
    for (const [name, value] of this.cookies) copy.cookies.set(name, value);
    return copy;
  }

  private keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split('=');
    const expires = attributes
      .find((attribute) => attribute.startsWith('Expires='))
      ?.slice('Expires='.length);
    if (expires && Date.parse(expires) < Date.now()) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}
