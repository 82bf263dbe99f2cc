// The people whom the platform knows. The address comes from a token in which Cognito says that it is verified, never
// from a body.
import { conflict, HttpError } from './http.mjs';

const COLUMNS = 'user_id, user_type, email, display_name';

/** Makes or changes the caller's own row. */
export async function saveUser(database, identity, displayName) {
  if (!identity.email) throw new HttpError(403, 'email_not_verified', 'the e-mail address must be verified first');
  await database.query(
    `INSERT INTO users (user_type, user_id, email, display_name) VALUES (?, ?, ?, ?)
      ON DUPLICATE KEY UPDATE email = VALUES(email), display_name = VALUES(display_name)`,
    [identity.type, identity.subject, identity.email, displayName],
  );
  return findUser(database, identity);
}

/** The caller's own row; 409 if there is none yet. */
export async function findUser(database, { type, subject }) {
  const [user] = await database.query(`SELECT ${COLUMNS} FROM users WHERE user_type = ? AND user_id = ?`, [
    type,
    subject,
  ]);
  if (!user) throw conflict('no_profile', 'PUT /me with an ID token makes the profile that is needed here');
  return user;
}
