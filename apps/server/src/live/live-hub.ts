import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { LiveUpdate, Topic } from '@sluice/protocol/console';
import { topicKey } from '@sluice/protocol/console';
import type { Logger } from 'pino';
import { PushTracker } from '../delivery/push-tracker.ts';
import { PushesRead, pushInstanceOf } from '../delivery/pushes.read.ts';
import { Clock } from '../env/clock.ts';
import { LOGGER } from '../env/tokens.ts';
import { Feed } from '../feed/feed.ts';
import { Fleet } from '../fleet/fleet.ts';
import { InstancesRead, instanceOf, type KnownInstance } from '../fleet/instances.read.ts';
import type { Place } from '../fleet/place.ts';
import { Targets } from '../fleet/targets.ts';
import { PushNews } from '../pushes/push-news.ts';
import { Gathering } from './gathering.ts';
import { ReleasedRead } from './released.read.ts';

/** Nothing is sent to a page more often than this. */
const beatMs = 250;
/** With several nodes, what other nodes' instances do is read from the database this often, for pushes being watched. */
const otherNodesMs = 1000;

/**
 * Gathers what happens and tells the pages that watch it, at most four times a second per topic. What nobody watches
 * costs nothing.
 */
@Injectable()
export class LiveHub implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #feed: Feed;
  readonly #fleet: Fleet;
  readonly #targets: Targets;
  readonly #tracker: PushTracker;
  readonly #news: PushNews;
  readonly #pushes: PushesRead;
  readonly #instances: InstancesRead;
  readonly #released: ReleasedRead;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #gatherings = new Map<string, Gathering>();
  #send: (key: string, update: LiveUpdate) => void = () => undefined;
  #isWatched: (key: string) => boolean = () => false;
  #timers: NodeJS.Timeout[] = [];
  #flushing = false;

  constructor(
    @Inject(Feed) feed: Feed,
    @Inject(Fleet) fleet: Fleet,
    @Inject(Targets) targets: Targets,
    @Inject(PushTracker) tracker: PushTracker,
    @Inject(PushNews) news: PushNews,
    @Inject(PushesRead) pushes: PushesRead,
    @Inject(InstancesRead) instances: InstancesRead,
    @Inject(ReleasedRead) released: ReleasedRead,
    @Inject(Clock) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#feed = feed;
    this.#fleet = fleet;
    this.#targets = targets;
    this.#tracker = tracker;
    this.#news = news;
    this.#pushes = pushes;
    this.#instances = instances;
    this.#released = released;
    this.#clock = clock;
    this.#logger = logger;
  }

  sendTo(send: (key: string, update: LiveUpdate) => void): void {
    this.#send = send;
  }

  askWhetherWatched(isWatched: (key: string) => boolean): void {
    this.#isWatched = isWatched;
  }

  /** Begins to gather for a topic; ends by itself when nobody watches any more. */
  watched(key: string, topic: Topic): void {
    if (!this.#gatherings.has(key)) this.#gatherings.set(key, new Gathering(topic));
  }

  /** What some page watches. */
  *watchedTopics(): Iterable<readonly [key: string, topic: Topic]> {
    for (const [key, { topic }] of this.#gatherings) if (this.#isWatched(key)) yield [key, topic];
  }

  /** Tells a topic something that is not gathered here. */
  tell(key: string, update: LiveUpdate): void {
    this.#send(key, update);
  }

  onApplicationBootstrap(): void {
    this.#fleet.onChanged((c) =>
      this.#gather(c.place, (g) => g.instance(c.instanceId, this.#instances.known(c))),
    );
    this.#fleet.onGone((c) =>
      this.#gather(c.place, (g) => g.instance(c.instanceId, { ...this.#instances.known(c), online: false })),
    );
    this.#tracker.onMoved((push, ids) => {
      if (this.#gatherings.size === 0) return;
      this.#pushMoved(push.place, push.id);
      const own = this.#gatherings.get(topicKey({ of: 'push', ...push.place, push: push.id }));
      for (const id of ids) {
        const target = push.targets.get(id);
        if (target) own?.pushTarget(target);
      }
    });
    this.#feed.onChanges((environment, changes) => {
      for (const { app, namespace, release, pushId } of changes) {
        this.#gather({ environment, app }, (g) => g.change({ app, namespace, release }));
        if (pushId !== null) this.#pushMoved({ environment, app }, pushId);
      }
    });
    this.#news.onMoved((pushId) => {
      const known = this.#tracker.find(pushId);
      if (known) this.#pushMoved(known.place, pushId);
      else void this.#unknownMoved(pushId);
    });
    this.#timers = [
      setInterval(() => void this.#flush(), beatMs),
      setInterval(() => this.#askAboutOthers(), otherNodesMs),
    ];
  }

  onApplicationShutdown(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  #pushMoved(place: Place, pushId: string): void {
    if (this.#gatherings.size === 0) return;
    this.#gather(place, (gathering) => gathering.push(pushId));
    this.#gatherings.get(topicKey({ of: 'push', ...place, push: pushId }))?.push(pushId);
  }

  /** One that nobody follows here yet: it is only proposed, or was over long ago. */
  async #unknownMoved(pushId: string): Promise<void> {
    if (this.#gatherings.size === 0) return;
    const push = await this.#pushes.byId(pushId).catch(() => undefined);
    if (push) this.#pushMoved({ environment: push.environment, app: push.app }, pushId);
  }

  #gather(place: Place, into: (gathering: Gathering) => void): void {
    if (this.#gatherings.size === 0) return;
    for (const topic of [
      { of: 'app', ...place },
      { of: 'environment', environment: place.environment },
    ] as const) {
      const gathering = this.#gatherings.get(topicKey(topic));
      if (gathering) into(gathering);
    }
  }

  /** A push that another node works on moves in the database only. */
  #askAboutOthers(): void {
    for (const gathering of this.#gatherings.values())
      if (gathering.topic.of === 'push' && this.#tracker.find(gathering.topic.push)?.settled !== true)
        gathering.push(gathering.topic.push);
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    try {
      for (const [key, gathering] of this.#gatherings) {
        if (!this.#isWatched(key)) this.#gatherings.delete(key);
        else if (!gathering.isEmpty) this.#send(key, await this.#update(gathering));
      }
    } catch (error) {
      this.#logger.debug(
        { err: error },
        'pages could not be told what happened; they ask again by themselves',
      );
    } finally {
      this.#flushing = false;
    }
  }

  async #update(gathering: Gathering): Promise<LiveUpdate> {
    const { topic } = gathering;
    const taken = gathering.take();
    const known = await Promise.all(taken.pushes.map((id) => this.#pushes.byId(id)));
    // Whoever watches a push says of which app it is, and may watch that app: it has to be true.
    const pushes = known.flatMap((push) => (push && isIn(topic, push) ? [push] : []));
    const all = await Promise.all(
      taken.changes.map((change) => this.#released.summary(topic.environment, change)),
    );
    const released = all.filter((entry) => entry !== undefined);
    return {
      topic,
      at: new Date(this.#clock.now()).toISOString(),
      ...(taken.instances.length > 0 && {
        instances: taken.instances.map((known: KnownInstance) =>
          instanceOf(known, this.#targets.peek(known)),
        ),
      }),
      ...(pushes.length > 0 && { pushes }),
      ...(released.length > 0 && { released }),
      ...(taken.pushTargets.length > 0 && { pushInstances: taken.pushTargets.map(pushInstanceOf) }),
    };
  }
}

const isIn = (topic: Topic, { environment, app }: Place): boolean =>
  topic.environment === environment && (topic.of === 'environment' || topic.app === app);
