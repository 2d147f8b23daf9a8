import { describe, expect, it } from '@jest/globals';
import { lengthText, zoneText } from './format.ts';

describe('lengthText', () => {
  it('says all of a length, not only its largest unit', () => {
    expect([0, 4000, 60_000, 90_000, 3_600_000, 5_400_000, 90_061_000].map((ms) => lengthText(ms))).toEqual([
      '0 s',
      '4 s',
      '1 min',
      '1 min 30 s',
      '1 h',
      '1 h 30 min',
      '1 d 1 h 1 min 1 s',
    ]);
  });
});

describe('zoneText', () => {
  it('says how far the zone is from UTC on that day', () => {
    const winterMs = Date.UTC(2026, 0, 15);
    const summerMs = Date.UTC(2026, 6, 15);
    expect([
      zoneText(winterMs, 'UTC'),
      zoneText(winterMs, 'Asia/Shanghai'),
      zoneText(winterMs, 'Asia/Kolkata'),
      zoneText(winterMs, 'Europe/Berlin'),
      zoneText(summerMs, 'Europe/Berlin'),
    ]).toEqual(['UTC', 'UTC+8', 'UTC+5:30', 'UTC+1', 'UTC+2']);
  });
});
