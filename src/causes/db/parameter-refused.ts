import { newUrl } from './_fix.js';
import { UNUSABLE } from './_follows.js';
import { wayCause } from './_way.js';

const NAME = /parameter "([^"\n]{1,80})"/i;

export default wayCause({
  id: 'db/parameter-refused',
  title: 'The database refuses a parameter of the connection',
  why: 'a session begins with the parameters that its client asks for (options, client_encoding, server settings): one that the server does not know, or a value that it does not take, ends it',
  seen: 'unrecognized configuration parameter …, invalid value for parameter …, or session is not read-only',
  remedy:
    'take the parameter out of the URL (options=…), out of PGOPTIONS, or out of the application’s connect arguments',
  explains: UNUSABLE,
  tell({ words, said }, look) {
    if (/not read-only|not in hot standby|target attribute requirement/i.test(words))
      return {
        summary: `{pods}: the connection asks for a replica (target_session_attrs), and what answers is the primary: ${said}.`,
        fix: [
          newUrl(
            look,
            'Take target_session_attrs out of the URL (PGTARGETSESSIONATTRS and connect_args give it, too), or use the host of a replica.',
          ),
        ],
      };
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
