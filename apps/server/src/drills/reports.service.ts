import { Inject, Injectable } from '@nestjs/common';
import { SluiceError } from '@sluice/core';
import type { Contracts, DrillComparison, DrillReport } from '@sluice/protocol';
import { Clock } from '../env/clock.ts';
import type { Place } from '../fleet/place.ts';
import type { Input } from '../http/input.decorator.ts';
import { wrongState } from '../pushes/refusals.ts';
import { comparisonOf } from './comparison.ts';
import { DrillStore } from './drill.store.ts';
import { DrillsRead } from './drills.read.ts';
import { markdownOf } from './markdown.ts';
import { reportOf } from './report.ts';

const placeOf = ({ env, app }: { env: string; app: string }): Place => ({ environment: env, app });

/** What drills came to: made anew from what is stored each time, so that a late word of an instance counts. */
@Injectable()
export class ReportsService {
  readonly #read: DrillsRead;
  readonly #store: DrillStore;
  readonly #clock: Clock;

  constructor(
    @Inject(DrillsRead) read: DrillsRead,
    @Inject(DrillStore) store: DrillStore,
    @Inject(Clock) clock: Clock,
  ) {
    this.#read = read;
    this.#store = store;
    this.#clock = clock;
  }

  report({ params }: Input<Contracts['getDrillReport']>): Promise<DrillReport> {
    return this.#report(placeOf(params), params.drill);
  }

  async markdown({ params, query }: Input<Contracts['getDrillMarkdown']>): Promise<{ markdown: string }> {
    const report = await this.#report(placeOf(params), params.drill);
    return { markdown: markdownOf(report, query.language) };
  }

  async compare({ params, query }: Input<Contracts['compareDrills']>): Promise<DrillComparison> {
    const place = placeOf(params);
    const row = await this.#read.require(place, params.drill);
    const other =
      query.with === undefined
        ? await this.#read.earlierRun(row)
        : await this.#read.require(place, query.with);
    if (!other)
      throw new SluiceError('not_found', {
        what: { en: 'earlier run of a drill of this title', zh: '同名演练的更早运行' },
      });
    return comparisonOf(await this.#report(place, row.id), await this.#report(place, other.id));
  }

  async #report(place: Place, id: string): Promise<DrillReport> {
    const whole = await this.#read.whole(place, id);
    if (whole.row.startedAt === null)
      throw wrongState({
        en: 'this drill was not started yet, so there is nothing to report',
        zh: '该演练尚未启动，没有可报告的内容',
      });
    return reportOf(whole, await this.#store.parts(id), this.#clock.now());
  }
}
