import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

const NAME = /parameter "([^"\n]{1,80})"/i;

export default wayCause({
  id: 'db/parameter-refused',
  title: 'The database refuses a parameter of the connection',
  why: 'a session begins with the parameters that its client asks for (options, client_encoding, server settings): one that the server does not know, or a value that it does not take, ends it',
  seen: 'unrecognized configuration parameter …, or invalid value for parameter …',
  remedy:
    'take the parameter out of the URL (options=…), out of PGOPTIONS, or out of the application’s connect arguments',
  explains: UNUSABLE,
  tell({ words, said }, look) {
    const name = NAME.exec(words)?.[1];
    const which = name === undefined ? 'a parameter' : `parameter “${name}”`;
    return {
      summary: `{pods}: the database refuses ${which} of the connection: ${said}.`,
      fix: [
        newUrl(
          look,
          `Correct ${which}, or take it out of the URL (options=…); PGOPTIONS, connect_args and server_settings of the application give such parameters, too.`,
        ),
      ],
    };
  },
});
