import { AppEntity } from './app.entity.ts';

export const catalogEntities = [AppEntity];
