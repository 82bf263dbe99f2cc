-- A project belongs to the client who posted it.
CREATE TABLE IF NOT EXISTS projects (
  id            CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id       CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type     VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'client',
  title         VARCHAR(200) NOT NULL,
  description   TEXT         NOT NULL,
  budget_cents  BIGINT       NOT NULL,
  currency      CHAR(3)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status        VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'open',
  execution_arn VARCHAR(512) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_at    TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id),
  KEY projects_owner (user_type, user_id, created_at),
  KEY projects_status (status, created_at),
  CONSTRAINT projects_owner FOREIGN KEY (user_type, user_id) REFERENCES users (user_type, user_id),
  CONSTRAINT projects_owner_type CHECK (user_type = 'client'),
  CONSTRAINT projects_budget CHECK (budget_cents > 0),
  CONSTRAINT projects_status CHECK (status IN ('open', 'awarded', 'in_progress', 'completed'))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- A bid belongs to the freelancer who made it: one for each project.
CREATE TABLE IF NOT EXISTS bids (
  id           CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  project_id   CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id      CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type    VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'freelancer',
  amount_cents BIGINT       NOT NULL,
  message      TEXT         NOT NULL,
  created_at   TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (id),
  UNIQUE KEY bids_once (project_id, user_type, user_id),
  KEY bids_bidder (user_type, user_id, created_at),
  CONSTRAINT bids_project FOREIGN KEY (project_id) REFERENCES projects (id),
  CONSTRAINT bids_bidder FOREIGN KEY (user_type, user_id) REFERENCES users (user_type, user_id),
  CONSTRAINT bids_bidder_type CHECK (user_type = 'freelancer'),
  CONSTRAINT bids_amount CHECK (amount_cents > 0)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- A contract belongs to the freelancer who was selected; its client is the project's owner.
CREATE TABLE IF NOT EXISTS contracts (
  project_id CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bid_id     CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_id    CHAR(36)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user_type  VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'freelancer',
  created_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  PRIMARY KEY (project_id),
  UNIQUE KEY contracts_bid (bid_id),
  KEY contracts_freelancer (user_type, user_id),
  CONSTRAINT contracts_project FOREIGN KEY (project_id) REFERENCES projects (id),
  CONSTRAINT contracts_bid FOREIGN KEY (bid_id) REFERENCES bids (id),
  CONSTRAINT contracts_freelancer FOREIGN KEY (user_type, user_id) REFERENCES users (user_type, user_id),
  CONSTRAINT contracts_freelancer_type CHECK (user_type = 'freelancer')
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
