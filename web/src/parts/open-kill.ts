/** Asks for the panel of the kill switch from anywhere on the page, at one app or at the whole environment (''). */
export const openKill = (app: string): boolean =>
  window.dispatchEvent(new CustomEvent('sluice-kill', { detail: app }));
