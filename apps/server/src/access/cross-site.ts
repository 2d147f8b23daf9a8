import { SluiceError } from '@sluice/core';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Refuses a state-changing request that another site could have made a browser send. Our own header can't come from
 * a form; `Sec-Fetch-Site` is the browser's word, and where it is absent the Origin must be this very host.
 * `orNoBrowser` also takes a request with neither of the two, which no browser sends.
 */
export function refuseCrossSite(headers: Headers, orNoBrowser = false): void {
  if (headers['x-sluice'] === undefined) throw new SluiceError('cross_site');
  const site = headers['sec-fetch-site'];
  const { origin } = headers;
  const isOurs =
    site !== undefined
      ? site === 'same-origin'
      : origin !== undefined
        ? typeof origin === 'string' && hostOf(origin) === hostOf(`http://${headers.host}`)
        : orNoBrowser;
  if (!isOurs) throw new SluiceError('cross_site');
}

/** Host and port; undefined for anything but an http or https origin, such as `null`. */
function hostOf(origin: string): string | undefined {
  const match = /^https?:\/\/([^/?#@\s]+)$/i.exec(origin);
  return match?.[1]?.toLowerCase();
}
