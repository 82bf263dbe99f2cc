//! What a user pool becomes.
use super::spec::{Mfa, Plan, Recovery, RememberDevices, SignIn, ThreatProtection, VerifiedBy};
use super::{Password, UserPool};
use crate::auth::MODULE;
use crate::messaging::email::Email;
use crate::platform::Platform;
use platgen_terraform::{Document, Value, block};
use std::collections::BTreeMap;

impl UserPool {
    /// Puts the pool and everything in it into a document.
    pub(super) fn put(&self, platform: &Platform, out: &mut Document) {
        let mail = self.mail.as_ref().and_then(|mail| platform.things.email.get(mail));
        let functions = self.lambda_config(platform, out);
        let arguments = self.arguments(functions, mail, platform);
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_cognito_user_pool", &self.id.local(&[]), arguments)
            .cause(&self.id.path())
            .add();
        self.lower_clients(&platform.head, out);
        self.lower_groups(out);
        self.lower_domain(platform, out);
        self.lower_risks(mail, platform, out);
        let outputs = [
            ("arn", self.handle().get("arn"), "The ARN of the user pool"),
            ("id", self.handle().get("id"), "The id of the user pool"),
            ("issuer", self.issuer(), "The issuer of the pool's tokens"),
            ("domain", self.domain_host(platform), "The host of the sign-in pages"),
        ];
        for (word, value, description) in outputs {
            out.output(&self.id.part(&[word]), value, description);
        }
    }

    /// Everything is said, defaults as well: Cognito resets what an update leaves out
    /// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UpdateUserPool.html>).
    fn arguments(
        &self,
        functions: Option<Value>,
        mail: Option<&Email>,
        platform: &Platform,
    ) -> Value {
        let verified = self.verifies.then(|| vec!["email"]);
        let schema = self.attributes.iter().map(super::attributes::Attribute::block);
        let has_second_factor = self.mfa != Mfa::Off;
        block! {
            name: &self.aws_name,
            user_pool_tier: self.plan.aws_word(),
            deletion_protection: if self.protected { "ACTIVE" } else { "INACTIVE" },
            username_attributes: self.username_attributes(),
            alias_attributes: self.alias_attributes(),
            username_configuration: block! { case_sensitive: false },
            auto_verified_attributes: verified.clone(),
            user_attribute_update_settings: verified
                .map(|names| block! { attributes_require_verification_before_update: names }),
            verification_message_template: self.verification_block(),
            admin_create_user_config: self.sign_up_block(),
            account_recovery_setting: block! {
                recovery_mechanism: block! { name: self.recovery.aws_word(), priority: 1 },
            },
            mfa_configuration: self.mfa.aws_word(),
            software_token_mfa_configuration: has_second_factor.then(|| block! { enabled: true }),
            password_policy: self.password.block(),
            device_configuration: self.remember_devices.block(),
            user_pool_add_ons: block! { advanced_security_mode: self.threat_protection.aws_word() },
            schema: schema.collect::<Value>(),
            lambda_config: functions,
            email_configuration: mail.map(|mail| mail_block(mail, platform)),
        }
    }

    /// A pool has one of the two: names of its own beside aliases, or attributes instead of names.
    fn username_attributes(&self) -> Option<Vec<&'static str>> {
        (!self.sign_in.contains(&SignIn::Username)).then(|| vec!["email"])
    }

    fn alias_attributes(&self) -> Option<Vec<&'static str>> {
        let aliases = self.sign_in.iter().filter_map(|name| match name {
            SignIn::Email => Some("email"),
            SignIn::PreferredUsername => Some("preferred_username"),
            SignIn::Username => None,
        });
        let aliases: Vec<&str> = aliases.collect();
        let applies = self.sign_in.contains(&SignIn::Username) && !aliases.is_empty();
        applies.then_some(aliases)
    }

    fn verification_block(&self) -> Value {
        let Some(verification) = &self.verification else {
            return block! { default_email_option: "CONFIRM_WITH_CODE" };
        };
        let (subject, text) = (verification.subject.clone(), verification.text.clone());
        match verification.by {
            VerifiedBy::Code => block! {
                default_email_option: "CONFIRM_WITH_CODE",
                email_subject: subject,
                email_message: text,
            },
            VerifiedBy::Link => block! {
                default_email_option: "CONFIRM_WITH_LINK",
                email_subject_by_link: subject,
                email_message_by_link: text,
            },
        }
    }

    fn sign_up_block(&self) -> Value {
        block! {
            allow_admin_create_user_only: !self.self_sign_up,
            invite_message_template: self.invitation.as_ref().map(|message| {
                block! { email_subject: &message.subject, email_message: &message.text }
            }),
        }
    }

    fn lower_groups(&self, out: &mut Document) {
        for (name, group) in &self.groups {
            let arguments = block! {
                user_pool_id: self.handle().get("id"),
                name: name.as_str(),
                description: group.description.clone(),
                precedence: group.precedence.map(platgen_source::Count::get),
            };
            let cause = self.id.path().key("group").key(name.as_str());
            let mut file = out.module(MODULE).file(&self.id.file());
            let local = self.id.local(&[name.as_str()]);
            file.resource("aws_cognito_user_group", &local, arguments).cause(&cause).add();
        }
    }

    /// What is done about risks, where something is: leaked passwords are refused, and sign-ins at
    /// risk need a second factor. The provider takes the latter only with a sender of mail
    /// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-adaptive-authentication.html>).
    fn lower_risks(&self, mail: Option<&Email>, platform: &Platform, out: &mut Document) {
        if self.threat_protection != ThreatProtection::Enforced {
            return;
        }
        let arguments = block! {
            user_pool_id: self.handle().get("id"),
            compromised_credentials_risk_configuration: block! {
                actions: block! { event_action: "BLOCK" },
            },
            account_takeover_risk_configuration: mail.map(|mail| takeover_block(mail, platform)),
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_cognito_risk_configuration", &self.id.local(&[]), arguments)
            .cause(&self.id.path())
            .add();
    }
}

/// The pool sends through an identity that is verified: Cognito looks when it is made
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html>).
fn mail_block(mail: &Email, platform: &Platform) -> Value {
    block! {
        email_sending_account: "DEVELOPER",
        source_arn: mail.verified_arn(platform),
        from_email_address: mail.from(),
        reply_to_email_address: mail.reply_to(),
        configuration_set: mail.configuration_set().get("configuration_set_name"),
    }
}

fn takeover_block(mail: &Email, platform: &Platform) -> Value {
    let action = |action: &str| block! { event_action: action, notify: false };
    block! {
        actions: block! {
            low_action: action("MFA_IF_CONFIGURED"),
            medium_action: action("MFA_IF_CONFIGURED"),
            high_action: action("MFA_REQUIRED"),
        },
        notify_configuration: block! {
            source_arn: mail.verified_arn(platform),
            from: mail.from(),
        },
    }
}

impl Password {
    fn block(&self) -> Value {
        let mut arguments: BTreeMap<String, Value> =
            self.needs.iter().map(|(name, needed)| (name.clone(), (*needed).into())).collect();
        let numbers = [
            ("minimum_length", Some(self.length)),
            ("temporary_password_validity_days", Some(self.temporary_days)),
            ("password_history_size", self.history),
        ];
        arguments.extend(numbers.map(|(name, number)| (name.to_owned(), number.into())));
        arguments.into()
    }
}

impl Mfa {
    fn aws_word(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Optional => "OPTIONAL",
            Self::Required => "ON",
        }
    }
}

impl Plan {
    fn aws_word(self) -> &'static str {
        match self {
            Self::Lite => "LITE",
            Self::Essentials => "ESSENTIALS",
            Self::Plus => "PLUS",
        }
    }
}

impl Recovery {
    fn aws_word(self) -> &'static str {
        match self {
            Self::Email => "verified_email",
            Self::Admin => "admin_only",
        }
    }
}

impl ThreatProtection {
    fn aws_word(self) -> &'static str {
        match self {
            Self::Off => "OFF",
            Self::Audit => "AUDIT",
            Self::Enforced => "ENFORCED",
        }
    }
}

impl RememberDevices {
    fn block(self) -> Option<Value> {
        let only_on_prompt = match self {
            Self::Never => return None,
            Self::Ask => true,
            Self::Always => false,
        };
        Some(block! {
            challenge_required_on_new_device: true,
            device_only_remembered_on_user_prompt: only_on_prompt,
        })
    }
}
