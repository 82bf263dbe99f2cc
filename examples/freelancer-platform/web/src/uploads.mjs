// Files of a portfolio: the browser talks to the bucket itself, by an address that is signed for one key, one type, one
// size, and soon over. Every key begins with the prefix of the platform and the subject of its freelancer.
import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { badRequest, notFound } from './http.mjs';

const EXPIRES_SECONDS = 300;

const MEBIBYTE = 1024 * 1024;
const IMAGES = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' };
const DOCUMENTS = { 'application/pdf': 'pdf' };
const VIDEOS = { 'video/mp4': 'mp4', 'video/webm': 'webm' };

/**
 * What may be uploaded: types that a browser shows without running them, and the most bytes. No SVG: it holds scripts.
 */
const KINDS = {
  images: { types: IMAGES, most: 20 * MEBIBYTE },
  resumes: { types: DOCUMENTS, most: 10 * MEBIBYTE },
  samples: { types: { ...DOCUMENTS, ...IMAGES }, most: 50 * MEBIBYTE },
  videos: { types: VIDEOS, most: 500 * MEBIBYTE },
};

const FILE = /^[0-9a-f-]{36}\.[a-z0-9]{2,4}$/;

/**
 * @param {object} options
 * @param {import('@aws-sdk/client-s3').S3Client} options.client
 * @param {string} options.bucket
 * @param {string} options.prefix the prefix that the service may use, with its slash
 * @param {string} [options.cdn] where the files are seen, without a slash
 */
export function createUploads({ client, bucket, prefix, cdn }) {
  const folder = ({ subject }) => `${prefix}${subject}/`;
  const described = (key) => ({ key, ...(cdn && { address: `${cdn}/${key}` }) });
  return {
    /** An address for one PUT. The signature covers type and length: other bytes than announced are refused by S3. */
    presign: async (identity, { kind, content_type: type, size }) => {
      const { types, most } = kindOf(kind);
      if (!Object.hasOwn(types, type))
        throw badRequest(`content_type of ${kind} must be one of ${Object.keys(types).join(', ')}`);
      if (size > most) throw badRequest(`size of ${kind} must be at most ${most} bytes`);
      const key = `${folder(identity)}${kind}/${randomUUID()}.${types[type]}`;
      const command = new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: type, ContentLength: size });
      const signing = {
        expiresIn: EXPIRES_SECONDS,
        signableHeaders: new Set(['host', 'content-type', 'content-length']),
      };
      const url = await getSignedUrl(client, command, signing);
      return {
        method: 'PUT',
        url,
        headers: { 'content-type': type, 'content-length': String(size) },
        expires_in: EXPIRES_SECONDS,
        ...described(key),
      };
    },
    list: async (identity) => {
      const request = { Bucket: bucket, Prefix: folder(identity), MaxKeys: 1000 };
      const { Contents: objects = [] } = await client.send(new ListObjectsV2Command(request));
      return { files: objects.map(({ Key: key, Size: size }) => ({ ...described(key), size })) };
    },
    remove: async (identity, kind, file) => {
      if (!Object.hasOwn(KINDS, kind) || !FILE.test(file)) throw notFound();
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${folder(identity)}${kind}/${file}` }));
    },
  };
}

function kindOf(kind) {
  if (!Object.hasOwn(KINDS, kind)) throw badRequest(`kind must be one of ${Object.keys(KINDS).join(', ')}`);
  return KINDS[kind];
}
