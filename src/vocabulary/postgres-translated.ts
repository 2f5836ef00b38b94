/**
 * What PostgreSQL says where `lc_messages` is another language: the messages that keep an application from connecting, as its
 * catalogues of translations have them. All else that it says is told by its SQLSTATE, or quoted.
 */
import type { DatabaseWords } from './vocabulary.js';

export const TRANSLATED_WORDS: readonly DatabaseWords[] = [
  {
    says: /Passwort-Authentifizierung für Benutzer .{1,80} fehlgeschlagen|authentification par mot de passe échouée|autentificación password falló|パスワード認証に失敗|Password 认证失败|autenticação do tipo senha falhou|не прошёл проверку подлинности|autenticazione con password fallita|password 인증을 실패/i,
    by: 'PostgreSQL: German, French, Spanish, Japanese, Chinese, Portuguese, Russian, Italian, Korean',
    means: 'db/authentication-failed',
    place: 'login',
    example: 'FATAL:  Passwort-Authentifizierung für Benutzer »todo« fehlgeschlagen',
  },
  {
    says: /Datenbank »[^»«]{1,80}« existiert nicht|base de données « .{1,80} » n.existe pas|no existe la base de datos «|データベース"[^"]{1,80}"は存在しません|数据库 ?"[^"]{1,80}" ?不存在|banco de dados "[^"]{1,80}" não existe|база данных "[^"]{1,80}" не существует/i,
    by: 'PostgreSQL: German, French, Spanish, Japanese, Chinese, Portuguese, Russian',
    means: 'db/database-missing',
    place: 'login',
    example: 'FATAL:  Datenbank »tod« existiert nicht',
  },
  {
    says: /schon zu viele Verbindungen|trop de clients sont déjà connectés|ya tenemos demasiados clientes|現在クライアント数が多すぎます|已经有太多的客户|muitos clientes conectados|уже слишком много клиентов/i,
    by: 'PostgreSQL: German, French, Spanish, Japanese, Chinese, Portuguese, Russian',
    means: 'db/too-many-connections',
    place: 'login',
    example: 'FATAL:  tut mir leid, schon zu viele Verbindungen',
  },
];
