/** Secret values that must appear nowhere, and every form in which they could. */

const PASSWORD = 'cAn4ry+p&ss/w<o>rd"7%q\'';
const AUTH_SECRET = 'cAn4ry-auth/secret+with=every&kind<of>char"0123456789';

export const CANARIES = {
  DATABASE_URL: `postgresql://canary_user:${encodeURIComponent(PASSWORD)}@ep-lab-meadow-a1b2c3.eu-central-1.aws.neon.example:5432/tododb?sslmode=require`,
  BETTER_AUTH_SECRET: AUTH_SECRET,
};

/** Raw, base64, base64url, URL-encoded, JSON, HTML and XML, backslash-escaped: of the values and of the password. */
export function canaryForms(values: readonly string[] = [...Object.values(CANARIES), PASSWORD, encodeURIComponent(PASSWORD)]): string[] {
  const forms = values.flatMap((value) => [
    value,
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
    encodeURIComponent(value),
    encodeURI(value),
    JSON.stringify(value).slice(1, -1),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
    value.replace(/[^]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
  ]);
  return [...new Set(forms)];
}
