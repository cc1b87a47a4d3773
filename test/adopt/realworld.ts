/**
 * An application in the shape of the public NestJS + MikroORM example: a blog with articles, comments, tags and users;
 * CommonJS, entities as decorated classes found by folder, MikroORM configured by a file that its command line reads
 * too, migrations of MikroORM's own in `src/migrations`, applied by the application while it starts.
 */

const manifest = {
  name: 'realworld',
  version: '1.0.0',
  private: true,
  scripts: { build: 'nest build', start: 'nest start', 'start:prod': 'node dist/main' },
  dependencies: {
    '@nestjs/common': '^11.0.6',
    '@nestjs/core': '^11.0.6',
    '@nestjs/platform-express': '^11.0.6',
    'reflect-metadata': '^0.2.1',
    rxjs: '^7.8.1',
  },
  devDependencies: {
    '@nestjs/cli': '^11.0.2',
    '@types/express': '^5.0.0',
    '@types/node': '^24.0.0',
    typescript: '~5.9.3',
  },
  'mikro-orm': { configPaths: ['./dist/mikro-orm.config.js'], preferTs: false },
};

const typescript = {
  compilerOptions: {
    module: 'NodeNext',
    declaration: true,
    removeComments: true,
    esModuleInterop: true,
    skipLibCheck: true,
    lib: ['ES2022'],
    emitDecoratorMetadata: true,
    experimentalDecorators: true,
    target: 'ES2022',
    sourceMap: true,
    strict: true,
    strictPropertyInitialization: false,
    outDir: './dist',
  },
  include: ['src/**/*'],
  exclude: ['node_modules', '**/*.spec.ts'],
};

/** The migrations' SQL adds up to what MikroORM itself creates for the entities. */
export const realWorldFiles: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify(manifest),
  'tsconfig.json': JSON.stringify(typescript),
  'nest-cli.json': JSON.stringify({ collection: '@nestjs/schematics', sourceRoot: 'src' }),

  'src/mikro-orm.config.ts': `import { LoadStrategy } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig } from '@mikro-orm/postgresql';
import { TsMorphMetadataProvider } from '@mikro-orm/reflection';

export default defineConfig({
  host: process.env.DB_HOST,
  port: Number(process.env.DB_PORT),
  user: process.env.DB_USER,
  password: process.env.DB_PASSWORD,
  dbName: process.env.DB_NAME,
  entities: ['dist/**/*.entity.js'],
  entitiesTs: ['src/**/*.entity.ts'],
  loadStrategy: LoadStrategy.JOINED,
  metadataProvider: TsMorphMetadataProvider,
  extensions: [Migrator],
});
`,

  'src/main.ts': `import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';

async function bootstrap() {
  const app = await NestFactory.create(AppModule, { cors: true });
  app.setGlobalPrefix('api');
  await app.listen(process.env.PORT ?? 3000);
}
bootstrap().catch((err) => {
  console.log(err);
});
`,

  'src/app.module.ts': `import { MikroORM } from '@mikro-orm/core';
import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module, OnModuleInit } from '@nestjs/common';
import { ArticleModule } from './article/article.module';
import config from './mikro-orm.config';
import { UserModule } from './user/user.module';

@Module({
  imports: [MikroOrmModule.forRoot(config), ArticleModule, UserModule],
})
export class AppModule implements OnModuleInit {
  constructor(private readonly orm: MikroORM) {}

  async onModuleInit(): Promise<void> {
    await this.orm.migrator.up();
  }
}
`,

  'src/article/article.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { User } from '../user/user.entity';
import { ArticleController } from './article.controller';
import { Article } from './article.entity';
import { ArticleService } from './article.service';
import { Comment } from './comment.entity';
import { Tag } from './tag.entity';

@Module({
  imports: [MikroOrmModule.forFeature({ entities: [Article, Comment, Tag, User] })],
  controllers: [ArticleController],
  providers: [ArticleService],
})
export class ArticleModule {}
`,

  'src/article/article.controller.ts': `import { Body, Controller, Get, Post } from '@nestjs/common';
import { ArticleService } from './article.service';

@Controller('articles')
export class ArticleController {
  constructor(private readonly articles: ArticleService) {}

  @Get()
  async findAll() {
    return this.articles.findAll();
  }

  @Post()
  async create(@Body() article: { title: string; subtitle?: string }) {
    return this.articles.create(article);
  }
}
`,

  'src/article/article.service.ts': `import { EntityManager, EntityRepository } from '@mikro-orm/core';
import { InjectRepository } from '@mikro-orm/nestjs';
import { Injectable } from '@nestjs/common';
import { UserRepository } from '../user/user.repository';
import { Article } from './article.entity';

@Injectable()
export class ArticleService {
  constructor(
    private readonly em: EntityManager,
    @InjectRepository(Article) private readonly articles: EntityRepository<Article>,
    private readonly users: UserRepository,
  ) {}

  async findAll(): Promise<Article[]> {
    return this.articles.findAll({ populate: ['author'] });
  }

  async create(dto: Partial<Pick<Article, 'title'>>): Promise<Article> {
    const author = await this.users.anyone();
    const article = new Article(author, dto.title ?? '');
    this.em.assign(article, dto);
    await this.em.persist(article).flush();
    return article;
  }
}
`,

  'src/article/article.entity.ts': `import { ArrayType, Collection } from '@mikro-orm/core';
import { Entity, ManyToOne, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { User } from '../user/user.entity';
import { Comment } from './comment.entity';

@Entity()
export class Article {
  @PrimaryKey()
  id: number;

  @Property()
  slug: string;

  @Property()
  title: string;

  @Property()
  description = '';

  @Property()
  body = '';

  @Property()
  createdAt = new Date();

  @Property({ onUpdate: () => new Date() })
  updatedAt = new Date();

  @Property({ type: ArrayType })
  tagList: string[] = [];

  @ManyToOne()
  author: User;

  @OneToMany(() => Comment, (comment) => comment.article, { eager: true, orphanRemoval: true })
  comments = new Collection<Comment>(this);

  @Property()
  favoritesCount = 0;

  constructor(author: User, title: string) {
    this.author = author;
    this.title = title;
    this.slug = title.toLowerCase().replaceAll(' ', '-');
  }
}
`,

  'src/article/comment.entity.ts': `import { Entity, ManyToOne, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { User } from '../user/user.entity';
import { Article } from './article.entity';

@Entity()
export class Comment {
  @PrimaryKey()
  id: number;

  @Property()
  createdAt = new Date();

  @Property({ onUpdate: () => new Date() })
  updatedAt = new Date();

  @Property()
  body: string;

  @ManyToOne()
  article: Article;

  @ManyToOne()
  author: User;

  constructor(author: User, article: Article, body: string) {
    this.author = author;
    this.article = article;
    this.body = body;
  }
}
`,

  'src/article/tag.entity.ts': `import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

@Entity()
export class Tag {
  @PrimaryKey()
  id: number;

  @Property()
  tag: string;
}
`,

  'src/user/user.module.ts': `import { MikroOrmModule } from '@mikro-orm/nestjs';
import { Module } from '@nestjs/common';
import { User } from './user.entity';

@Module({
  imports: [MikroOrmModule.forFeature({ entities: [User] })],
  exports: [MikroOrmModule],
})
export class UserModule {}
`,

  'src/user/user.repository.ts': `import { EntityRepository } from '@mikro-orm/core';
import { User } from './user.entity';

export class UserRepository extends EntityRepository<User> {
  async anyone(): Promise<User> {
    return (await this.findOne({ username: 'anyone' })) ?? new User('anyone', 'anyone@example.com', 'secret');
  }
}
`,

  'src/user/user.entity.ts': `import { Collection, EntityRepositoryType } from '@mikro-orm/core';
import { Entity, ManyToMany, OneToMany, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { Article } from '../article/article.entity';
import { UserRepository } from './user.repository';

@Entity({ repository: () => UserRepository })
export class User {
  [EntityRepositoryType]?: UserRepository;

  @PrimaryKey()
  id: number;

  @Property()
  username: string;

  @Property({ hidden: true })
  email: string;

  @Property({ nullable: true })
  bio?: string;

  @Property({ nullable: true })
  image?: string;

  @Property({ hidden: true })
  password: string;

  @ManyToMany({ hidden: true })
  favorites = new Collection<Article>(this);

  @ManyToMany({ entity: () => User, inversedBy: (u) => u.followed, owner: true, pivotTable: 'user_to_follower', joinColumn: 'follower', inverseJoinColumn: 'following', hidden: true })
  followers = new Collection<User>(this);

  @ManyToMany(() => User, (u) => u.followers, { hidden: true })
  followed = new Collection<User>(this);

  @OneToMany(() => Article, (article) => article.author, { hidden: true })
  articles = new Collection<Article>(this);

  constructor(username: string, email: string, password: string) {
    this.username = username;
    this.email = email;
    this.password = password;
  }
}
`,

  'src/migrations/Migration20211219155639.ts': `import { Migration } from '@mikro-orm/migrations';

export class Migration20211219155639 extends Migration {
  async up(): Promise<void> {
    this.addSql('create table "tag" ("id" serial primary key, "tag" varchar(255) not null);');
    this.addSql(
      'create table "user" ("id" serial primary key, "username" varchar(255) not null, "email" varchar(255) not null, "bio" varchar(255) not null, "image" varchar(255) not null, "password" varchar(255) not null);',
    );
    this.addSql(
      'create table "article" ("id" serial primary key, "slug" varchar(255) not null, "title" varchar(255) not null, "description" varchar(255) not null, "body" varchar(255) not null, "created_at" timestamptz not null, "updated_at" timestamptz not null, "tag_list" text[] not null, "author_id" int not null, "favorites_count" int not null);',
    );
    this.addSql(
      'create table "comment" ("id" serial primary key, "created_at" timestamptz not null, "updated_at" timestamptz not null, "body" varchar(255) not null, "article_id" int not null, "author_id" int not null);',
    );
    this.addSql(
      'create table "user_favorites" ("user_id" int not null, "article_id" int not null, primary key ("user_id", "article_id"));',
    );
    this.addSql(
      'create table "user_to_follower" ("follower" int not null, "following" int not null, primary key ("follower", "following"));',
    );
    this.addSql(
      'alter table "article" add constraint "article_author_id_foreign" foreign key ("author_id") references "user" ("id");',
    );
    this.addSql(
      'alter table "comment" add constraint "comment_article_id_foreign" foreign key ("article_id") references "article" ("id");',
    );
    this.addSql(
      'alter table "comment" add constraint "comment_author_id_foreign" foreign key ("author_id") references "user" ("id");',
    );
    this.addSql(
      'alter table "user_favorites" add constraint "user_favorites_user_id_foreign" foreign key ("user_id") references "user" ("id") on update cascade on delete cascade;',
    );
    this.addSql(
      'alter table "user_favorites" add constraint "user_favorites_article_id_foreign" foreign key ("article_id") references "article" ("id") on update cascade on delete cascade;',
    );
    this.addSql(
      'alter table "user_to_follower" add constraint "user_to_follower_follower_foreign" foreign key ("follower") references "user" ("id") on update cascade on delete cascade;',
    );
    this.addSql(
      'alter table "user_to_follower" add constraint "user_to_follower_following_foreign" foreign key ("following") references "user" ("id") on update cascade on delete cascade;',
    );
  }
}
`,

  'src/migrations/Migration20240114223020.ts': `import { Migration } from '@mikro-orm/migrations';

export class Migration20240114223020 extends Migration {
  async up(): Promise<void> {
    this.addSql('alter table "user" alter column "bio" drop not null;');
    this.addSql('alter table "user" alter column "image" drop not null;');
  }

  async down(): Promise<void> {
    this.addSql('alter table "user" alter column "bio" set not null;');
    this.addSql('alter table "user" alter column "image" set not null;');
  }
}
`,
};

/** The change that the revision after the baseline is about. */
export const addSubtitle = [
  'title: string;\n',
  'title: string;\n\n  @Property({ length: 100, nullable: true })\n  subtitle?: string;\n',
] as const;
