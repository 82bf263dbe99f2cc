-- A milestone belongs to the freelancer who is paid for it.
CREATE TABLE IF NOT EXISTS milestones (
  project_id   CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number       SMALLINT     NOT NULL,
  user_id      CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type    VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'freelancer',
  name         VARCHAR(200) NOT NULL,
  amount_cents BIGINT       NOT NULL,
  status       VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'defined',
  PRIMARY KEY (project_id, number),
  KEY milestones_freelancer (user_type, user_id),
  CONSTRAINT milestones_project FOREIGN KEY (project_id) REFERENCES projects (id),
  CONSTRAINT milestones_freelancer FOREIGN KEY (user_type, user_id) REFERENCES users (user_type, user_id),
  CONSTRAINT milestones_freelancer_type CHECK (user_type = 'freelancer'),
  CONSTRAINT milestones_amount CHECK (amount_cents > 0),
  CONSTRAINT milestones_status CHECK (status IN ('defined', 'approved', 'paid'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- A transaction belongs to the client who pays; the provider's events settle it. One for each milestone: nothing is paid twice.
CREATE TABLE IF NOT EXISTS transactions (
  id           BIGINT       NOT NULL AUTO_INCREMENT,
  project_id   CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  milestone    SMALLINT     NOT NULL,
  user_id      CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type    VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'client',
  amount_cents BIGINT       NOT NULL,
  currency     CHAR(3)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status       VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'pending',
  reference    VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL,
  confirmed_at TIMESTAMP(3) NULL,
  created_at   TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id),
  UNIQUE KEY transactions_milestone (project_id, milestone),
  KEY transactions_payer (user_type, user_id, created_at),
  CONSTRAINT transactions_milestone FOREIGN KEY (project_id, milestone) REFERENCES milestones (project_id, number),
  CONSTRAINT transactions_payer FOREIGN KEY (user_type, user_id) REFERENCES users (user_type, user_id),
  CONSTRAINT transactions_payer_type CHECK (user_type = 'client'),
  CONSTRAINT transactions_amount CHECK (amount_cents > 0),
  CONSTRAINT transactions_status CHECK (status IN ('pending', 'settled', 'failed'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- What the payment provider has told already: a queue delivers at least once, and the provider repeats itself.
-- completed_at is set when the effects outside of the database are done as well, so that a delivery after a crash makes up for them.
CREATE TABLE IF NOT EXISTS processed_events (
  event_id     VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id      CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type    VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_type   VARCHAR(64)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  processed_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  completed_at TIMESTAMP(3) NULL,
  PRIMARY KEY (event_id),
  KEY processed_events_user (user_type, user_id),
  CONSTRAINT processed_events_user FOREIGN KEY (user_type, user_id) REFERENCES users (user_type, user_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
