import { listenOn } from '../../fixes/described.js';
import { containerOf, misledCause, toldElsewhere } from './_misled.js';
import { UNREACHED } from './_unreached.js';

export default misledCause({
  id: 'service/application-port',
  means: 'application-port',
  title: 'The application listens on another port than the contract has',
  why: 'Service and probes lead to the contract’s port, where nothing listens',
  seen: 'what uvicorn says of itself, or the ports that the process listens on, against the contract’s',
  remedy: 'let the application listen on the contract’s port: --port, UVICORN_PORT',
  explains: UNREACHED,
  tell: (misled, look) =>
    toldElsewhere(misled, look, () => {
      const port = String(look.context.contract.backend.container.port);
      return listenOn(look.context, containerOf(misled, look), 'port', port);
    }),
});
