/** The parts in their order: one file, so that they run one after the other in one process. */
import './healthy.part.js';
import './rights.part.js';
import './special.part.js';
import './faults.part.js';
