// Who somebody is on this platform: a subject of one of the two user pools. The pair is the tenant; neither half means
// anything alone.

/** The kinds of users, one for each pool. */
export const USER_TYPES = ['freelancer', 'client'];

/**
 * Subjects of Cognito are UUIDs
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html).
 */
const SUBJECT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isUserType = (value) => USER_TYPES.includes(value);

export const isSubject = (value) => typeof value === 'string' && SUBJECT.test(value);
