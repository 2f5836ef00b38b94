import { crashCause } from '../crashed.js';

export default crashCause({
  id: 'crash/read-only-filesystem',
  title: 'The application writes to a file system that is read-only',
  why: 'with readOnlyRootFilesystem only mounted volumes can be written to',
  seen: 'Read-only file system',
  remedy:
    'mount an emptyDir where the application writes, or leave readOnlyRootFilesystem off as the contract does',
  what: ({ sign }) =>
    `the application ends because it writes ${sign?.subject === undefined ? '' : `to ${sign.subject} `}on a file system that is read-only`,
});
