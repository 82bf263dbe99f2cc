// Puts the role of a user pool into every token that it issues: the claim `role`, which the user cannot change.
// One deployment per pool; ROLE says which role its users have.
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"use strict";

const role = process.env.ROLE;

/** The claims of both tokens in the second version of the event, those of the identity token in the first. */
function withRole(event) {
  const claims = { role };
  if (event.version === "1") {
    return { ...event, response: { claimsOverrideDetails: { claimsToAddOrOverride: claims } } };
  }
  const token = { claimsToAddOrOverride: claims };
  const details = { idTokenGeneration: token, accessTokenGeneration: token };
  return { ...event, response: { claimsAndScopeOverrideDetails: details } };
}

exports.handler = async (event) => {
  if (!role) throw new Error("ROLE is not set");
  return withRole(event);
};
