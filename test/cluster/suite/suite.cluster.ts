/** The parts in their order: one file, so that they run one after the other in one process. */
import { afterAll, beforeAll } from '@jest/globals';
import { closeApi } from './api.js';
import { campaign } from './campaign.js';
import { WHOLE } from './cluster.js';
import { installHome, removeHome } from './home.js';
import './healthy.part.js';
import './api-server.part.js';
import './bundle.part.js';
import './chart.part.js';
import './reports.part.js';
import './workers.part.js';
import './rights.part.js';
import './advice.part.js';
import './releases.part.js';
import './before.part.js';
import './calm.part.js';
import './calm-change.part.js';
import './upgrades.part.js';
import './faults.part.js';

beforeAll(() => Promise.all([installHome(), WHOLE ? campaign.prepare() : undefined]), 300_000);
afterAll(async () => {
  await removeHome();
  await closeApi();
}, 120_000);
