"""Tests of signing in at moto with its gaps filled: proofs of passwords, keys of pools, claims of triggers."""

import base64
import io
import json
import unittest
import urllib.error
import zipfile
from typing import Any

from . import sign_in
from .emulator import DIRECT
from .on_moto import ACCOUNT, OnMoto

PASSWORD = "Correct-Horse-7"
CLAIM = """
exports.handler = async (event) => {
  if (event.request.userAttributes.email.startsWith('refused')) throw new Error('no such role');
  const token = { claimsToAddOrOverride: { role: 'buyer', seen: event.version } };
  return { ...event, response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: token } } };
};
"""


class SigningIn(OnMoto):
    def setUp(self) -> None:
        super().setUp()
        self.cognito = self.client("cognito-idp")

    def door(self, **settings: Any) -> sign_in.Door:
        """A pool with one client."""
        pool = self.cognito.create_user_pool(
            PoolName="sample", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"], **settings
        )["UserPool"]["Id"]
        client = self.cognito.create_user_pool_client(
            UserPoolId=pool, ClientName="web", ReadAttributes=["email", "email_verified"]
        )["UserPoolClient"]
        return sign_in.Door(self.cognito, pool, client["ClientId"])

    def trigger(self) -> dict[str, Any]:
        """The settings of a pool whose tokens get a claim."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as content:
            content.writestr("index.js", CLAIM)
        self.client("iam").create_role(RoleName="claim", AssumeRolePolicyDocument="{}")
        arn = self.client("lambda").create_function(
            FunctionName="claim",
            Runtime="nodejs22.x",
            Handler="index.handler",
            Role=f"arn:aws:iam::{ACCOUNT}:role/claim",
            Code={"ZipFile": archive.getvalue()},
        )["FunctionArn"]
        return {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaArn": arn, "LambdaVersion": "V2_0"}}}

    def keys(self, door: sign_in.Door) -> list[str]:
        """The names of the keys that a pool shows."""
        with DIRECT.open(f"{self.emulator.url}/{door.pool}/.well-known/jwks.json") as answer:
            return [key["kid"] for key in json.load(answer)["keys"]]

    def test_only_the_right_password_gives_tokens(self) -> None:
        door = self.door()
        sign_in.sign_up(door, "ann@example.com", PASSWORD)
        with self.assertRaises(self.cognito.exceptions.NotAuthorizedException):
            sign_in.sign_in(door, "ann@example.com", PASSWORD + "x")
        tokens = sign_in.sign_in(door, "ann@example.com", PASSWORD)
        self.assertIs(sign_in.claims(tokens["IdToken"])["email_verified"], True)

    def test_each_pool_signs_with_its_own_key(self) -> None:
        doors = [self.door(), self.door()]
        for door in doors:
            sign_in.sign_up(door, "ann@example.com", PASSWORD)
            token = sign_in.sign_in(door, "ann@example.com", PASSWORD)["AccessToken"]
            header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
            self.assertEqual([header["kid"]], self.keys(door))
        self.assertNotEqual(self.keys(doors[0]), self.keys(doors[1]))
        with self.assertRaises(urllib.error.HTTPError):
            DIRECT.open(f"{self.emulator.url}/{self.region}_nobody/.well-known/jwks.json")

    def test_the_trigger_adds_claims_and_can_refuse(self) -> None:
        door = self.door(**self.trigger())
        sign_in.sign_up(door, "ann@example.com", PASSWORD)
        tokens = sign_in.sign_in(door, "ann@example.com", PASSWORD)
        access, identity = sign_in.claims(tokens["AccessToken"]), sign_in.claims(tokens["IdToken"])
        self.assertEqual(("buyer", "2"), (access["role"], access["seen"]))
        self.assertNotIn("role", identity)
        sign_in.sign_up(door, "refused@example.com", PASSWORD)
        with self.assertRaises(self.cognito.exceptions.UserLambdaValidationException):
            sign_in.sign_in(door, "refused@example.com", PASSWORD)

    def test_a_required_second_factor_is_set_up_and_then_asked_for(self) -> None:
        door = self.door()
        self.cognito.set_user_pool_mfa_config(
            UserPoolId=door.pool, SoftwareTokenMfaConfiguration={"Enabled": True}, MfaConfiguration="ON"
        )
        sign_in.sign_up(door, "ann@example.com", PASSWORD)
        self.assertIn("AccessToken", sign_in.sign_in(door, "ann@example.com", PASSWORD))
        self.assertIn("AccessToken", sign_in.sign_in(door, "ann@example.com", PASSWORD))
        with self.assertRaises(self.cognito.exceptions.CodeMismatchException):
            sign_in.sign_in(door, "ann@example.com", PASSWORD, code=lambda _secret: "000000")


if __name__ == "__main__":
    unittest.main()
