/** What Python's servers say of where they listen, when they begin to. */

export interface ListenWords {
  /** First group: the host, as it is in a URL. Second: the port. */
  says: RegExp;
  by: string;
  example: string;
}

const PLACE = String.raw`(\[[0-9a-fA-F:.]{2,45}\]|[^\s:/]{1,253}):(\d{1,5})\b`;

export const LISTENS: readonly ListenWords[] = [
  {
    says: new RegExp(`Uvicorn running on https?://${PLACE}`),
    by: 'uvicorn',
    example: 'INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)',
  },
  {
    says: new RegExp(`\\bListening at: https?://${PLACE}`),
    by: 'gunicorn, granian',
    example: '[2026-02-09 14:00:00 +0000] [1] [INFO] Listening at: http://127.0.0.1:8000 (1)',
  },
  {
    says: new RegExp(`\\bRunning on https?://${PLACE}`),
    by: 'hypercorn, Flask',
    example: '[2026-02-09 14:00:00 +0000] [1] [INFO] Running on http://127.0.0.1:8000 (CTRL + C to quit)',
  },
  {
    says: new RegExp(`\\bListening on TCP address ${PLACE}`),
    by: 'daphne',
    example: 'Listening on TCP address 127.0.0.1:8000',
  },
];

/** A socket of the file system in place of a port. First group: its path. */
export const LISTENS_ON_SOCKET =
  /(?:Uvicorn running on unix socket|\bListening at: unix:|\bRunning on (?:unix:)?(?=\/)) ?(\/\S{1,300})/;
