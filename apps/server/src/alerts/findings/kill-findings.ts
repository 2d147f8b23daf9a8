import { Inject, Injectable } from '@nestjs/common';
import { CatalogRead } from '../../catalog/catalog.read.ts';
import { KillSwitches } from '../../guarding/kill-switches.ts';
import type { Finding } from './finding.ts';

const toggles = {
  freezePublishes: { en: 'publishes are frozen', zh: '发布已冻结' },
  monitorOnly: { en: 'rules only watch', zh: '规则只监控' },
  endFaults: { en: 'faults are ended', zh: '故障已终止' },
} as const;

/** Kill switches that are on: somebody should take them back one day. */
@Injectable()
export class KillFindings {
  readonly #catalog: CatalogRead;
  readonly #switches: KillSwitches;

  constructor(@Inject(CatalogRead) catalog: CatalogRead, @Inject(KillSwitches) switches: KillSwitches) {
    this.#catalog = catalog;
    this.#switches = switches;
  }

  async look(): Promise<Finding[]> {
    const environments = await this.#catalog.environments();
    return environments
      .flatMap(({ name }) => this.#switches.of(name))
      .flatMap((row) => {
        const on = Object.entries(toggles).filter(([toggle]) => row[toggle as keyof typeof toggles]);
        if (on.length === 0) return [];
        const where = row.app === '' ? row.environment : row.app;
        return [
          {
            environment: row.environment,
            app: row.app,
            condition: 'killSwitch' as const,
            subject: where,
            link: { to: 'kill' as const },
            text: {
              en: `Kill switch of ${where}: ${on.map(([, { en }]) => en).join(', ')}. ${row.turnedBy}: ${row.reason}`,
              zh: `${where} 的紧急开关：${on.map(([, { zh }]) => zh).join('，')}。${row.turnedBy}：${row.reason}`,
            },
          },
        ];
      });
  }
}
