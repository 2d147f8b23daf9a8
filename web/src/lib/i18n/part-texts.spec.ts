import { describe, expect, it } from '@jest/globals';
import { en as adminEn } from './admin/en.ts';
import * as alertsEn from './alerts/en.ts';
import { en as deliveryEn } from './delivery/en.ts';
import * as drillsEn from './drills/en.ts';
import { en } from './en/en.ts';
import * as incidentEn from './incident/en.ts';
import * as storyEn from './story/en.ts';

describe('texts that come with their pages', () => {
  it('hide no text of every page behind one of their own', () => {
    const everywhere = new Set(Object.keys(en));
    for (const part of [adminEn, alertsEn, deliveryEn, drillsEn, incidentEn, storyEn])
      expect(Object.keys(part).filter((group) => everywhere.has(group))).toEqual([]);
  });
});
