/** A share from 0 to 1 as people write it, in percent. */
export const shareText = (share: number): string => String(Math.round(share * 1000) / 10);
